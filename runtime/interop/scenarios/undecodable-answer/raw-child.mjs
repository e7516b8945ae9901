import { encode, listen, request } from "../../node/raw.mjs";

listen(async (connection) => {
  const first = await request(connection);
  connection.send(first.id, 0x03, first.request, Buffer.from("c1", "hex"));
  const second = await request(connection);
  connection.send(second.id, 0x03, second.request, encode({ sum: 5 }));
});
