"""One worker serves two services, of which the second was written in Rust first."""

from scenario import check, failure, run, say, show, spawn
from weather import WeatherClient, WeatherError


async def parent() -> None:
    async with spawn() as desk:
        weather = desk.attach(WeatherClient)
        storms = weather.events.storm()
        say(show(await desk.add(2, 3)))
        say(show(await weather.forecast("here", days=2)))
        say(show(await anext(storms)))
        error = await failure(weather.forecast("nowhere"))
        check(isinstance(error, WeatherError), error)
        say(f"no such place: {error.data.place}")


run(parent)
