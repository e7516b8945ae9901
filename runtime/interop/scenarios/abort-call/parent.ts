import { check, next, rejection, say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
const [waiting, aborted] = [desk.events.waiting.subscribe(), desk.events.aborted.subscribe()];
const controller = new AbortController();
const call = rejection(desk.wait({ gate: "a" }, { signal: controller.signal }));
say(`waiting ${show(await next(waiting))}`);
const reason = new Error("no longer wanted");
controller.abort(reason);
check((await call) === reason, await call);
say(`aborted ${show(await next(aborted))}`);
say(`${show(await desk.open({ gate: "a" }))} was waiting`);
await desk.shutdown();
