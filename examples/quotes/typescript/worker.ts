// The worker: serves `Quotes` from a table of prices.
import { QuoteError, serveQuotes } from "./quotes.js";

const prices = new Map([
  ["ACME", 101.5],
  ["BETA", 7.25],
]);

function priceOf(symbol: string) {
  const price = prices.get(symbol);
  if (price === undefined) throw new QuoteError({ type: "UnknownSymbol", symbol });
  return { symbol, price };
}

await serveQuotes({
  last: ({ symbol }) => priceOf(symbol),
  async *watch({ symbols, limit = Number.POSITIVE_INFINITY }) {
    for (let count = 0; count < limit; ) {
      for (const symbol of symbols.slice(0, limit - count)) {
        yield priceOf(symbol);
        count += 1;
      }
    }
  },
});
