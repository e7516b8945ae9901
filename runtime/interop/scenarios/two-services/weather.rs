//! The second service.

use procwire::{Error, Message};

/// What the weather will be.
#[derive(Clone, Debug, PartialEq, Message)]
pub struct Forecast {
    pub place: String,
    pub days: Vec<Sky>,
}

#[derive(Clone, Debug, PartialEq, Message)]
pub enum Sky {
    Clear,
    Rain { millimetres: f32 },
}

#[derive(Clone, Debug, PartialEq, Message)]
#[procwire(error)]
pub enum WeatherError {
    UnknownPlace { place: String },
}

#[procwire::service]
pub trait Weather {
    async fn forecast(&self, place: String, #[procwire(default = 1)] days: u8)
    -> Result<Forecast, Error<WeatherError>>;

    #[procwire(event)]
    fn storm(place: String);
}
