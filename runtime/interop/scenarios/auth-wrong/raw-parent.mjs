import { say, show } from "../../node/parent.mjs";
import { AUTHENTICATE, decode, encode, frame, start } from "../../node/raw.mjs";

const token = "5a".repeat(32);
const worker = await start({ env: { PROCWIRE_TOKEN: token } });
const note = frame(worker.id("note"), 0, 0, encode({ text: "from a stranger" }));
for (const wrong of ["a5".repeat(32), token.slice(0, 63), `${token}5`, ""]) {
  const stranger = await worker.connect();
  // The request behind the wrong token comes in the same piece.
  stranger.write(Buffer.concat([frame(AUTHENTICATE, 0, 0, Buffer.from(wrong)), note]));
  say(`${wrong.length} digits: ${show(await stranger.next())}`);
}
const stranger = await worker.connect();
stranger.write(note);
say(`no token: ${show(await stranger.next())}`);
const connection = await worker.connect();
connection.send(AUTHENTICATE, 0, 0, Buffer.from(token));
connection.send(worker.id("add"), 0, 1, encode({ a: 2, b: 3 }));
say(show(decode((await connection.answer()).payload)));
await worker.end();
