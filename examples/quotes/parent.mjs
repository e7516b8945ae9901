// A parent in Node, on the published @procwire/core: `node parent.mjs <worker> [arguments]`.
import { Module, ModuleManager } from "@procwire/core";

const [worker, ...args] = process.argv.slice(2);
const manager = new ModuleManager();

const feed = new Module("feed")
  .executable(worker, args)
  .method("last", { response: "result" })
  .method("watch", { response: "stream" });
manager.register(feed);
await manager.spawn("feed");
console.log(await feed.send("last", { symbol: "ACME" }));
for await (const quote of feed.stream("watch", { symbols: ["ACME"], limit: 3 })) console.log(quote);
await manager.shutdown();
