import type { Health } from "procwire";
import { failure, next, say, spawn } from "../../typescript/scenario.js";

function tell({ ready, running, waiting }: Health): void {
  say(`${ready ? "ready" : "not ready"}, ${running} running, ${waiting} waiting`);
}

const GATES = ["a", "b", "c"];
const desk = await spawn();
const waiting = desk.events.waiting.subscribe();
tell(await desk.peer.health());
const calls = GATES.map((gate) => desk.wait({ gate }));
for (const _ of GATES) await next(waiting);
tell(await desk.peer.health());
for (const gate of GATES) await desk.open({ gate });
await Promise.all(calls);
// A handler may end a moment after its answer.
let health = await desk.peer.health();
while (health.running > 0) health = await desk.peer.health();
tell(health);
await desk.shutdown();
say(`after the shutdown: ${(await failure(desk.peer.health())).code}`);
