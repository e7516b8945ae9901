import { say, show } from "../../node/parent.mjs";
import { decode, encode, start } from "../../node/raw.mjs";

const worker = await start();
const connection = await worker.connect();
const wrong = ["", "c1", "82a161", "82a16102a162a178", "dfffffffff", "81a161cf", "8080", "c0"];
for (const [i, payload] of wrong.entries()) {
  connection.send(worker.id("add"), 0, i + 1, Buffer.from(payload, "hex"));
  const { flags, request, payload: error } = await connection.answer();
  say(show({ flags, request, code: decode(error).code }));
}
connection.send(worker.id("add"), 0, 100, encode({ a: 2, b: 3 }));
say(show(decode((await connection.answer()).payload)));
await worker.end();
