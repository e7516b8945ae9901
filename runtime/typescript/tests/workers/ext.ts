// The worker of the tests of extensions. Its environment says how it differs:
// EXT_EXTENSIONS what it offers, EXT_LIMITS its limits, EXT_WAYS the rest.
import { execFileSync } from "node:child_process";
import { type ExtensionName, ProcwireError, type ServeOptions, serve } from "procwire";

import { Busy, Ext, type ExtWorker, Refused, servePost } from "../fixtures/ext.js";

const env = (name: string): string | undefined => process.env[name] || undefined;
const ways = new Set((env("EXT_WAYS") ?? "").split(" "));
const extensions = env("EXT_EXTENSIONS");
const limits = env("EXT_LIMITS");
const options: ServeOptions = {
  ...(extensions === undefined ? {} : { extensions: extensions.split(",").filter(Boolean) as ExtensionName[] }),
  ...(limits === undefined ? {} : { limits: JSON.parse(limits) as object }),
  tracebacks: ways.has("tracebacks"),
  ...(ways.has("unready") ? { isReady: () => false } : {}),
};
const failures = new Map<string, number>();
let made = 0;

const ext: ExtWorker = {
  async total({ symbol, count }, cx) {
    let sum = 0;
    for await (const { close } of cx.callbacks.trading.dataFetch({ symbol, count })) {
      sum += close;
    }
    return sum;
  },
  async relay({ path, text }, cx) {
    const { trading } = cx.callbacks;
    switch (path) {
      case "trading.Position":
        return String(await trading.position({ account: text }));
      case "trading.Wait":
        await trading.wait({ name: text });
        return "waited";
      case "trading.Audit":
        await trading.audit({ text });
        return "told";
      case "sockets":
        // What a program that this worker starts is left besides its standard streams.
        return execFileSync("sh", ["-c", "ls -l /proc/self/fd | grep -c socket || true"]).toString().trim();
      case "error":
        throw new RangeError(text);
      case "traceback": {
        const error = await trading.wait({ name: text }).catch((error: unknown) => error);
        return (error as ProcwireError).traceback ?? "none";
      }
      case "event": {
        // What came with the call goes on with the event.
        const { metadata, trace } = cx;
        await cx.events.seen({ text }, { metadata, trace });
        return "sent";
      }
      case "keyed":
        await cx.events.seen({ text }, { metadata: { tenant: text, key: new Uint8Array([1, 2]) } });
        return "sent";
      default:
        throw new Refused({ type: "Denied", value: text });
    }
  },
  async *passOn({ symbol, count }, cx) {
    yield* cx.callbacks.trading.dataFetch({ symbol, count });
  },
  nest: ({ depth }, cx) => (depth === 0 ? cx.depth : cx.callbacks.trading.nest({ depth: depth - 1 })),
  async context({ wait }, cx) {
    if (wait) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const left = cx.deadline === undefined ? null : cx.deadline - performance.now();
    return { left, metadata: cx.metadata, trace: cx.trace ?? null, depth: cx.depth };
  },
  async hang({ name }, cx) {
    await cx.events.seen({ text: `${name} hangs` });
    try {
      await cx.callbacks.trading.wait({ name });
    } catch (error) {
      await cx.events.seen({ text: `${name}: ${error instanceof ProcwireError ? error.code : String(error)}` });
    }
  },
  async *flood({ count, size }) {
    const item = new Uint8Array(size);
    for (let i = 0; i < count; i++) {
      made = i;
      yield item;
    }
    made = count;
  },
  made: () => made,
  flaky({ key, failures: wanted, never }) {
    const tries = (failures.get(key) ?? 0) + 1;
    failures.set(key, tries);
    if (never) {
      throw new Busy({ type: "Never" });
    }
    if (tries <= wanted) {
      throw new Busy({ type: "Later", left: wanted - tries });
    }
    return tries;
  },
  slow: ({ ms }) => new Promise((resolve) => setTimeout(() => resolve(ms), ms)),
  newer: () => 14,
  mirror: (bytes) => bytes,
  plain: ({ text }) => text,
};

if (ways.has("post")) {
  await servePost({ ext }, options);
} else if (ways.has("old")) {
  const old = {
    ...Ext,
    methods: Ext.methods.filter(({ since }) => since === undefined),
    events: Ext.events.filter(({ since }) => since === undefined),
  };
  await serve([{ service: old, implementation: ext }], options);
} else {
  const serving = serve([{ service: Ext, implementation: ext }], options);
  if (ways.has("early") && (await serving.ready)) {
    // Outside of calls.
    const { trading } = serving.callbacks as { trading: import("../fixtures/ext.js").TradingCallbacksClient };
    const said = await trading.position({ account: "early" }).catch((error: Error) => error.message);
    await serving.eventsOf(Ext).seen({ text: String(said) });
  }
  await serving;
}
