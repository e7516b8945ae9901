import { say, show } from "../../node/parent.mjs";
import { decode, encode, start } from "../../node/raw.mjs";

const worker = await start();
const connection = await worker.connect();
connection.send(4660, 0, 5, encode({}));
const { id, flags, request } = await connection.answer();
say(show({ id, flags, request }));
connection.send(worker.id("add"), 0, 6, encode({ a: 2, b: 3 }));
say(show(decode((await connection.answer()).payload)));
await worker.end();
