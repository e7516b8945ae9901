// Serves `back.ipc`: a worker that calls its parent.
import { type Context, ProcwireError, type ServeOptions } from "procwire";
import { type BackWorker, type Said, serveBack } from "./back.js";

/** What a context says. */
export function said(cx: Context): Said {
  const left = cx.deadline === undefined ? undefined : cx.deadline - performance.now();
  const keys = Object.entries(cx.metadata).map(([key, value]) => [key, typeof value === "string" ? value : "bytes"]);
  return {
    keys: Object.fromEntries(keys) as Record<string, string>,
    timed: left !== undefined && left > 0 && left <= 60_000,
    ...(cx.trace === undefined ? {} : { traceparent: cx.trace.traceparent }),
  };
}

/** The service of the scenarios of extensions. */
export const back: BackWorker = {
  async total({ symbol, count }, cx) {
    let sum = 0;
    for await (const { close } of cx.callbacks.trading.dataFetch({ symbol, count })) sum += close;
    return sum;
  },
  async *passOn({ symbol, count }, cx) {
    yield* cx.callbacks.trading.dataFetch({ symbol, count });
  },
  position: ({ account }, cx) => cx.callbacks.trading.position({ account }),
  async tell({ text }, cx) {
    await cx.callbacks.trading.warm({ text });
    await cx.callbacks.trading.audit({ text });
  },
  depth: async ({ more }, cx) => (more === 0 ? 0 : 1 + (await cx.callbacks.trading.depth({ more: more - 1 }))),
  async hold({ name }, cx) {
    try {
      await cx.callbacks.trading.hold({ name });
    } catch (error) {
      await cx.events.seen({ text: `${name}: ${error instanceof ProcwireError ? error.code : error}` });
      throw error;
    }
  },
  async broken({ here }, cx) {
    if (here) throw new RangeError("it broke");
    try {
      await cx.callbacks.trading.broken();
      return "it did not fail";
    } catch (error) {
      return error instanceof ProcwireError ? `${error.message} ${error.traceback !== undefined}` : String(error);
    }
  },
  async *fill({ count }, cx) {
    for (let at = 0; at < count; at++) yield at;
    await cx.events.seen({ text: "filled" });
  },
  async context(cx) {
    const { metadata, trace } = cx;
    await cx.events.seen({ text: "context" }, { metadata, ...(trace === undefined ? {} : { trace }) });
    return [said(cx), await cx.callbacks.trading.context()];
  },
};

/** Serves it until the parent has enough. */
export async function serve(options: ServeOptions = {}): Promise<void> {
  await serveBack(back, options);
}
