import { bind, type Context, serve } from "procwire";
import { Desk } from "../../typescript/desk.js";
import { Interop } from "../../typescript/interop.js";
import { type Forecast, type Sky, Weather, type WeatherEmit, WeatherError, type WeatherWorker } from "./weather.js";

const station: WeatherWorker = {
  async forecast({ place, days }: { place: string; days: number }, cx: Context<WeatherEmit>): Promise<Forecast> {
    if (place === "nowhere") throw new WeatherError({ type: "UnknownPlace", place });
    await cx.events.storm({ place });
    const sky = (day: number): Sky => (day === 0 ? { type: "Clear" } : { type: "Rain", millimetres: 2.5 });
    return { place, days: Array.from({ length: days }, (_, day) => sky(day)) };
  },
};

await serve([bind(Interop, new Desk()), bind(Weather, station)]);
