import { header, listen, request } from "../../node/raw.mjs";

listen(async (connection) => {
  const { id, request: number } = await request(connection);
  connection.write(header(id, 0x03, number, 0xffffffff));
});
