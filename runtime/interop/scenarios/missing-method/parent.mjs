import { check, failure, say, spawn } from "../../node/parent.mjs";

const error = await failure(spawn());
check(error.message.includes("pid"), error.message);
say("refused, since there is no pid");
