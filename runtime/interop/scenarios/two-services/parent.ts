import { check, failure, next, say, show, spawn } from "../../typescript/scenario.js";
import { WeatherClient, WeatherError } from "./weather.js";

const desk = await spawn();
const weather = WeatherClient.attach(desk);
const storms = weather.events.storm.subscribe();
say(show(await desk.add({ a: 2, b: 3 })));
say(show(await weather.forecast({ place: "here", days: 2 })));
say(show(await next(storms)));
const error = await failure(weather.forecast({ place: "nowhere" }));
check(error instanceof WeatherError, error);
say(`no such place: ${error.data.place}`);
await desk.shutdown();
