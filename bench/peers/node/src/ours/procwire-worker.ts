// Our worker, generated from echo.ipc.
import { NAME, SCORE } from "../load.js";
import { type Bulk, type Small, serveEcho } from "./echo.js";

await serveEcho({
  async small(record: Small) {
    return record;
  },
  async bulk(record: Bulk) {
    return record;
  },
  async blob(payload) {
    return payload;
  },
  *items({ items }) {
    for (let id = 0; id < items; id += 1) yield { id: BigInt(id), name: NAME, score: SCORE };
  },
});
