// A worker on the real `@procwire/client`.
import { Client } from "@procwire/client";
import { rawCodec } from "@procwire/codecs";

import { NAME, SCORE } from "./load.js";

const client = new Client()
  .handle("small", (record, cx) => cx.respond(record))
  .handle("bulk", (record, cx) => cx.respond(record))
  .handle("blob", (payload, cx) => cx.respond(payload), { response: "result", codec: rawCodec })
  .handle(
    "items",
    async (request, cx) => {
      const { items } = request as { items: number };
      for (let id = 0; id < items; id += 1) await cx.chunk({ id, name: NAME, score: SCORE });
      await cx.end();
    },
    { response: "stream" },
  );
await client.start();
