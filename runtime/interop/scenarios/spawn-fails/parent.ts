import { SpawnError } from "procwire";
import { check, rejection, say, spawn } from "../../typescript/scenario.js";

const ended = await rejection(spawn({}, ["sh", "-c", "echo no model file >&2; exit 3"]));
check(ended instanceof SpawnError && ended.exitCode === 3, ended);
check(ended.message.includes("no model file") && ended.message.includes("3"), ended);
say("the start failed");
const absent = await rejection(spawn({}, ["/nonexistent/worker"]));
check(absent instanceof SpawnError && absent.message.includes("/nonexistent/worker"), absent);
say("the start failed");
