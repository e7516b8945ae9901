import { decode, encode, frame, listen, request } from "../../node/raw.mjs";

listen(async (connection) => {
  for (;;) {
    const next = await request(connection);
    if (next === null) return;
    const { a, b } = decode(next.payload);
    for (const byte of frame(next.id, 0x03, next.request, encode({ sum: a + b }))) {
      await new Promise((resolve) => connection.socket.write(Buffer.from([byte]), resolve));
    }
  }
});
