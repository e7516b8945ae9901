import { basename } from "node:path";
import { isatty } from "node:tty";

import type { Environment } from "./environment.js";

/** The exit status of wrong use. */
const WRONG_USE = 2;

/** Whether no parent started this process: every parent gives a name and a pipe. */
export function isByHand(environment: Environment): boolean {
  return environment.moduleName === undefined || isatty(0);
}

/** Says what this program is, and leaves: nothing could be served. */
export function explainAndExit(services: readonly string[]): never {
  process.stderr.write(`${explanation(process.argv[1] ?? "this program", services)}\n`);
  process.exit(WRONG_USE);
}

/** What a person is told who starts a worker in a shell. */
export function explanation(program: string, services: readonly string[]): string {
  const last = services.at(-1) ?? "nothing";
  const names = services.length > 1 ? `${services.slice(0, -1).join(", ")} and ${last}` : last;
  return (
    `${basename(program)}: this is a worker: it serves ${names} to the program that starts it, over pipes, and has ` +
    `nothing to say to a terminal; start that program instead (in TypeScript it says \`spawn("node", ["${program}"])\`)`
  );
}
