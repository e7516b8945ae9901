"""A worker with two services."""

from desk import Desk
from weather import Forecast, Sky, SkyClear, SkyRain, WeatherEmit, WeatherError, WeatherErrorUnknownPlace, WeatherWorker

from procwire import Context


class Station(WeatherWorker):
    """The second service."""

    async def forecast(self, place: str, days: int, *, cx: Context[WeatherEmit]) -> Forecast:
        if place == "nowhere":
            raise WeatherError(WeatherErrorUnknownPlace(place=place))
        await cx.events.storm(place=place)
        return Forecast(place=place, days=[sky(day) for day in range(days)])


def sky(day: int) -> Sky:
    """What the sky will be like."""
    return SkyClear() if day == 0 else SkyRain(millimetres=2.5)


if __name__ == "__main__":
    Desk().run(Station())
