import { readFileSync } from "node:fs";
import { type ExtensionName, ProcwireError } from "procwire";
import { BackClient } from "../../typescript/back.js";
import { check, range, say, worker } from "../../typescript/scenario.js";

const NAMES: readonly ExtensionName[] = ["fd", "meta", "callbacks", "credit"];
const ITEMS = 100;

/** Says what of these is in force with a worker where one side knows no others. */
async function served(side: "parent" | "worker", names: readonly ExtensionName[]): Promise<void> {
  const [program = "", ...args] = worker();
  let filled = false;
  let fill: () => void;
  const told = new Promise<void>((resolve) => {
    fill = resolve;
  });
  const back = await BackClient.spawn(program, args, {
    callbacks: { trading: { position: ({ account }) => account.length } },
    extensions: side === "parent" ? names : NAMES,
    env: { OFFERS: (side === "parent" ? NAMES : names).join() },
    limits: { window: 160 },
    on: {
      seen({ text }) {
        check(text === "filled", text);
        filled = true;
        fill();
      },
    },
  });
  const found: ExtensionName[] = [];
  // A socket that was inherited has no name.
  if (!readFileSync("/proc/net/unix", "utf8").includes(`/procwire-${back.peer.pid}-`)) found.push("fd");
  if (await works(back.depth({ more: 0 }, { metadata: { a: "b" } }), "")) found.push("meta");
  if (await works(back.position({ account: "a" }), "trading.Position")) found.push("callbacks");

  const items = back.fill({ count: ITEMS })[Symbol.asyncIterator]();
  check((await items.next()).value === 0, "another item came first");
  if (names.includes("credit")) {
    for (const _ of range(20)) check((await back.depth({ more: 0 })) === 0, "another depth");
  } else await told;
  // A stream that nobody reads stops.
  if (!filled) found.push("credit");
  for (let at = 1; at < ITEMS; at++) check((await items.next()).value === at, "an item is missing");
  check((await items.next()).done === true, "there are more items");
  await told;
  say(`${side} knows ${names.join("+") || "nothing"}: ${found.join("+") || "nothing"}`);
  await back.shutdown();
}

/** Whether a call succeeds; where it does not, that is for want of an extension. */
async function works(call: PromiseLike<unknown>, named: string): Promise<boolean> {
  const error = await Promise.resolve(call).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (error === undefined) return true;
  check(error instanceof ProcwireError && error.code === "unsupported" && error.message.includes(named), error);
  return false;
}

for (const side of ["parent", "worker"] as const) {
  for (const subset of range(2 ** NAMES.length)) {
    await served(
      side,
      NAMES.filter((_, bit) => subset & (1 << bit)),
    );
  }
}
