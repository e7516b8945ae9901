// The worker: a parent starts it.
import { Librarian } from "./librarian.js";
import { serveTextSearch } from "./textsearch.js";

const serving = serveTextSearch(new Librarian());
await serving;
const { framesRead, framesWritten } = serving.counts();
console.log(`worker: ${framesRead} frames read, ${framesWritten} frames written`);
