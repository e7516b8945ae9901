import { captured, sameValue } from "../../node/captured.mjs";
import { ABORT, listen, request } from "../../node/raw.mjs";

listen(async (connection, id) => {
  // The next request, whose payload has to be the captured one.
  async function take(method, payload, compare = (one, other) => one.equals(other)) {
    const frame = await request(connection);
    if (frame.id !== id(method) || frame.flags !== 0) throw new Error(`${method}: another frame`);
    if (payload && !compare(frame.payload, payload)) throw new Error(`${method}: ${frame.payload.toString("hex")}`);
    return (name) => connection.send(frame.id, captured(name).flags, frame.request, captured(name).payload);
  }

  (await take("add", captured("add request").payload))("add result");
  (await take("blob", captured("bytes request (a JavaScript Buffer)").payload, sameValue))("bytes result");
  (await take("fail"))("error as a string");
  (await take("fail"))("error as a map");
  const stream = await take("count");
  for (const name of ["stream item 0", "stream item 1", "stream end"]) stream(name);
  const failing = await take("count");
  for (const name of ["stream item 0", "stream error"]) failing(name);
  (await take("poke"))("ack with a value");
  (await take("touch"))("ack with a value");
  (await take("mirror", captured("raw request").payload))("raw result");
  const note = await request(connection);
  if (note.request !== 0 || !note.payload.equals(captured("request of a none method").payload)) {
    throw new Error(`note: ${note.payload.toString("hex")}`);
  }
  connection.send(id("tick"), captured("event").flags, 0, captured("event").payload);
  await take("wait");
  const abort = await connection.next();
  if (abort.id !== ABORT || abort.flags !== 0 || abort.payload.length !== 0) throw new Error("no abort");
  connection.send(id("noted"), captured("event").flags, 0, captured("request of a none method").payload);
});
