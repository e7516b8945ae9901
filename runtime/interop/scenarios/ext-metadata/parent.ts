import type { EventContext } from "procwire";
import type { Said } from "../../typescript/back.js";
import { BackClient } from "../../typescript/back.js";
import { said } from "../../typescript/back_desk.js";
import { failure, say, worker } from "../../typescript/scenario.js";

function beside({ metadata, trace }: EventContext): void {
  const keys = Object.entries(metadata)
    .sort()
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : "bytes"}`);
  say(`event: [${keys.join(" ")}] ${trace?.traceparent ?? "no trace"}`);
}

const [program = "", ...args] = worker();
const back = await BackClient.spawn(program, args, {
  callbacks: { trading: { context: (cx) => said(cx) } },
  on: { seen: (_, cx) => beside(cx) },
});
const tell = (all: readonly Said[]): void => {
  for (const [index, { keys, traceparent, timed }] of all.entries()) {
    const sorted = Object.entries(keys)
      .sort()
      .map(([key, value]) => `${key}=${value}`);
    say(`${index}: [${sorted.join(" ")}] ${traceparent ?? "no trace"} ${timed ? "timed" : "not timed"}`);
  }
};
const trace = { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" };
tell(await back.context());
tell(await back.context({ metadata: { tenant: "acme", key: new Uint8Array([0, 255]) }, trace, timeoutMs: 30_000 }));
tell(await back.context({ timeoutMs: 30_000 }));
tell(await back.context({ trace: { traceparent: "nonsense" } }));
say((await failure(back.context({ metadata: { big: "x".repeat(9000) } }))).code);
await back.shutdown();
