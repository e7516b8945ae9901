// A worker of a module: two services, and calls of its parent.
import { type DeskWorkers, serveDesk } from "../fixtures/callbacks.js";

const workers: DeskWorkers = {
  trading: {
    async total({ symbol, count }, cx) {
      let sum = 0;
      for await (const { close } of cx.callbacks.trading.dataFetch({ symbol, count })) sum += close;
      return sum;
    },
    async *items({ symbol }, cx) {
      for await (const { close } of cx.callbacks.trading.dataFetch({ symbol })) yield close;
    },
  },
  weather: {
    async report(cx) {
      await cx.callbacks.desk.audit.ready();
      await cx.callbacks.desk.audit.log({ entry: "reported" });
      return `at ${await cx.callbacks.trading.position({ account: "a" }, { retries: 1 })}`;
    },
  },
};

await serveDesk(workers);
