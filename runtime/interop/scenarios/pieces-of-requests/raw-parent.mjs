import { say } from "../../node/parent.mjs";
import { decode, encode, frame, start } from "../../node/raw.mjs";

const worker = await start();
const connection = await worker.connect();
connection.socket.setNoDelay(true);
const bytes = Buffer.concat(
  [1, 2, 3].map((i) => frame(worker.id("greet"), 0, i, encode({ name: "n".repeat(40 * i) }))),
);
for (const byte of bytes) {
  await new Promise((resolve) => connection.socket.write(Buffer.from([byte]), resolve));
}
for (let i = 0; i < 3; i++) {
  const { request, payload } = await connection.answer();
  say(`${request}: ${decode(payload).text.length} characters`);
}
await worker.end();
