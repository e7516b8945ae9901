//! Bytes and timestamps come back as they went, in each of their lengths and forms.

use std::time::{Duration, SystemTime};

use procwire::Bytes;
use procwire_interop::scenario::{Outcome, check, say, show, spawn};
use procwire_interop::{Blob, Moment};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    for size in [0, 1, 2, 3, 4, 8, 16, 17, 255, 256, 65_535, 65_536] {
        let sent = Bytes::from(vec![0xc1; size]);
        let Blob { data, length } = desk.blob(sent.clone()).await?;
        check(data == sent && length as usize == size, format!("{size} bytes differ"))?;
    }
    say(show(&desk.blob(Bytes::from_static(&[1, 2, 3])).await?));
    let epoch = SystemTime::UNIX_EPOCH;
    for ms in [0, 1, 999, 1000, 1_700_000_000_123, 4_294_967_295_000, 4_294_967_296_000, 253_402_300_799_999] {
        let sent = epoch + Duration::from_millis(ms);
        let Moment { at } = desk.moment(sent).await?;
        check(at == sent, format!("{ms} came back as {at:?}"))?;
    }
    for ms in [1, 62_135_596_800_000] {
        let sent = epoch - Duration::from_millis(ms);
        let Moment { at } = desk.moment(sent).await?;
        check(at == sent, format!("-{ms} came back as {at:?}"))?;
    }
    let Moment { at } = desk.moment(epoch + Duration::from_millis(1_700_000_000_123)).await?;
    say(format!("{} ms", at.duration_since(epoch)?.as_millis()));
    desk.shutdown().await?;
    Ok(())
}
