//! Enums, maps, defaults and renamed fields arrive as the schema says.

use std::collections::BTreeMap;

use procwire_interop::scenario::{Outcome, decode, say, show, spawn};
use procwire_interop::{Odd, Shape, Side};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let odd = Odd {
        side: Side::Sell,
        shapes: vec![Shape::Point, Shape::Circle { radius: 1.5, filled: true }, Shape::Line(3, -4)],
        names: BTreeMap::from([("one".to_owned(), 1), ("two".to_owned(), 2)]),
        limit: 7,
        maybe: Some("so".to_owned()),
        client_ref: Some("c-1".to_owned()),
    };
    say(show(&desk.odd(odd.clone()).await?));
    // What a newer parent knows and we do not is kept as it came.
    let newer =
        Odd { side: decode("a4486f6c64")?, shapes: vec![decode("82a474797065a6537175617265a47369646502")?], ..odd };
    say(show(&desk.odd(newer).await?));
    desk.shutdown().await?;
    Ok(())
}
