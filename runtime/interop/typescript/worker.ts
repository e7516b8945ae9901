// The worker of the scenarios that have none of their own.
import { Desk } from "./desk.js";
import { serveInterop } from "./interop.js";

const serving = serveInterop(new Desk());
if (await serving.ready) await serving.events.hello({ text: "ready" });
await serving;
