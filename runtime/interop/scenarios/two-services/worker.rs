//! A worker with two services.

#[path = "weather.rs"]
mod weather;

use procwire::{Context, Error, Worker};
use procwire_interop::Desk;
use weather::{Forecast, Sky, Weather, WeatherEmit, WeatherError};

struct Station;

#[procwire::service]
impl Weather for Station {
    async fn forecast(&self, place: String, days: u8, cx: &Context) -> Result<Forecast, Error<WeatherError>> {
        if place == "nowhere" {
            return Err(WeatherError::UnknownPlace { place }.into());
        }
        cx.events().storm(place.clone()).await?;
        let days = (0..days).map(|day| if day == 0 { Sky::Clear } else { Sky::Rain { millimetres: 2.5 } });
        Ok(Forecast { place, days: days.collect() })
    }
}

pub async fn serve() -> procwire::Result<()> {
    Worker::builder().service(Desk::default()).service(Station).build().serve().await
}
