import { listen } from "../../node/raw.mjs";

listen(async (connection) => {
  await connection.next();
  connection.close();
});
