import { METHODS } from "../../node/interop.mjs";
import { failure, say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn({ methods: { ...METHODS, wait: { response: "result", timeout: 100 } } });
const call = failure(desk.call("wait", { gate: "late" }));
say(`waiting ${show(await desk.events.waiting.next())}`);
const error = await call;
say(/timed? ?out/i.test(error.message) ? "the deadline passed" : error.message);
await desk.call("open", { gate: "late" });
say(show(await desk.call("add", { a: 2, b: 3 })));
await desk.shutdown();
