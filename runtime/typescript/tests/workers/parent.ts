// A parent that does not end its worker.
import { DeskClient } from "../fixtures/desk.js";

const [, , worker = "", how] = process.argv;
const desk = await DeskClient.spawn("node", [worker], { onStderr() {} });
const hanging = desk.hang({ name: "x" });
hanging.catch(() => {});
const seen = desk.events.seen.subscribe();
await seen.next();
if (how === "kill-blocked") {
  desk.block({ ms: 60_000 }).catch(() => {});
  await seen.next();
}
process.stdout.write(`${desk.peer.pid}\n`, () => {
  switch (how) {
    case "exit":
      process.exit(0);
      break;
    case "throw":
      // The tests do not want to see it.
      process.setUncaughtExceptionCaptureCallback(() => process.exit(1));
      throw new Error("a parent that breaks");
    default:
      process.kill(process.pid, "SIGKILL");
  }
});
