//! One worker serves two services, of which the second was written in Rust first.

#[path = "weather.rs"]
mod weather;

use procwire::Error;
use procwire_interop::scenario::{Outcome, say, show, spawn};
use weather::{WeatherClient, WeatherError};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let weather = WeatherClient::attach(&desk)?;
    let mut storms = weather.events().storm();
    say(show(&desk.add(2, 3).await?));
    say(show(&weather.forecast("here".to_owned()).days(2).await?));
    say(show(&storms.next().await));
    match weather.forecast("nowhere".to_owned()).await {
        Err(Error::Declared(WeatherError::UnknownPlace { place })) => say(format!("no such place: {place}")),
        other => return Err(format!("{other:?}").into()),
    }
    desk.shutdown().await?;
    Ok(())
}
