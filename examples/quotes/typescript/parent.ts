// A parent: starts the worker, asks for one price, then for some: `node dist/parent.js <worker> [arguments]`.
import { QuotesClient } from "./quotes.js";

const [worker, ...args] = process.argv.slice(2);
if (worker === undefined) throw new Error("usage: node parent.js WORKER [ARGUMENTS]");

await using feed = await QuotesClient.spawn(worker, args);
const quote = await feed.last({ symbol: "ACME" }, { timeoutMs: 1000 });
console.log(`${quote.symbol} costs ${quote.price}`);
for await (const quote of feed.watch({ symbols: ["ACME", "BETA"], limit: 3 })) {
  console.log(quote);
}
