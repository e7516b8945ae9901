import { readFileSync } from "node:fs";
import type { SpawnOptions } from "procwire";
import type { InteropEvents } from "../../typescript/interop.js";
import { check, say, spawn, worker, workerIsInNode } from "../../typescript/scenario.js";

/** Whether a socket of this process has a name, which it keeps when its file is gone. */
function isNamed(pid: number): boolean {
  return readFileSync("/proc/net/unix", "utf8").includes(`/procwire-${pid}-`);
}

async function served(
  name: string,
  how: "without a name" | "as it can" | "by a name",
  options: SpawnOptions<InteropEvents> = {},
  line: readonly string[] = worker(),
): Promise<void> {
  const desk = await spawn(options, line);
  const [pid, { sum }] = [await desk.pid(), await desk.add({ a: 2, b: 3 })];
  const byName = how === "by a name" || (how === "as it can" && workerIsInNode());
  check(isNamed(pid) === byName, `${name}: not ${how}`);
  say(`${name}: ${sum}, ${how}`);
  await desk.shutdown();
}

await served("directly", "without a name");
// The shell stays, since it has something to do afterwards.
await served("behind a shell", "as it can", {}, ["sh", "-c", '"$@"; exit $?', "sh", ...worker()]);
await served("without fd", "by a name", { extensions: ["meta", "callbacks", "credit"] });
