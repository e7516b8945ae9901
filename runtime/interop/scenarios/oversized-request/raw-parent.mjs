import { say, show } from "../../node/parent.mjs";
import { header, start } from "../../node/raw.mjs";

const worker = await start();
const connection = await worker.connect();
connection.write(header(worker.id("add"), 0, 1, 0xffffffff));
say(show(await connection.answer()));
await worker.exit;
say("the worker ended");
