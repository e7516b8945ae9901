import { check, failure, say, spawn } from "../../node/parent.mjs";

const error = await failure(spawn());
// Whichever is missed first.
check(/"(pid|echo)"/.test(error.message), error.message);
say("refused, since a method is missing");
