import { SpawnError } from "procwire";
import { check, rejection, say, spawn } from "../../typescript/scenario.js";

const error = await rejection(spawn());
check(error instanceof SpawnError && error.kind === "mismatch", error);
check(error.message.includes("pid"), error);
say("refused, since a method is missing");
