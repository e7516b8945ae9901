// A worker of a service whose package has callbacks, all of which its parent may leave out.
import { serveTrading } from "../fixtures/callbacks.js";

await serveTrading({
  async total({ symbol }, cx) {
    await cx.callbacks.desk.ping();
    return cx.callbacks.trading.renamed(symbol.length);
  },
  *items() {},
});
