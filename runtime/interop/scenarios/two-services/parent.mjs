import { EVENTS, METHODS } from "../../node/interop.mjs";
import { failure, say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn({
  methods: { ...METHODS, forecast: { response: "result" } },
  events: [...EVENTS, "storm"],
});
say(show(await desk.call("add", { a: 2, b: 3 })));
say(show(await desk.call("forecast", { place: "here", days: 2 })));
say(show(await desk.events.storm.next()));
const { data } = await failure(desk.call("forecast", { place: "nowhere" }));
say(`no such place: ${data.data.place}`);
await desk.shutdown();
