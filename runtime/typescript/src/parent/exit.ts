import { constants } from "node:os";

/** How a child process ended, with what it last wrote on stderr. */
export interface Exit {
  /** The exit code, if the child ended by itself. */
  readonly code: number | null;
  /** The signal that ended the child, if one did. */
  readonly signal: NodeJS.Signals | null;
  /** Why this parent ended the child, if it did so by force: a lost heartbeat, a shutdown that took too long. */
  readonly cause: string | undefined;
  /** The last lines that the child wrote on stderr, the newest last. */
  readonly stderr: readonly string[];
}

/** `exit status: 1` or `signal: 9 (SIGKILL)`. */
export function statusSentence(exit: Pick<Exit, "code" | "signal">): string {
  if (exit.signal !== null) {
    return `signal: ${constants.signals[exit.signal]} (${exit.signal})`;
  }
  return exit.code === null ? "its exit status is not known" : `exit status: ${exit.code}`;
}

/** The end of a child in words that a person can act on. */
export function exitSentence(exit: Exit): string {
  const cause = exit.cause === undefined ? "" : `, ended by its parent: ${exit.cause}`;
  return statusSentence(exit) + cause + lastLines(exit.stderr);
}

/** The last lines of stderr at the end of a message. */
export function lastLines(lines: readonly string[]): string {
  return lines.length === 0 ? "" : `; its last lines on stderr:${lines.map((line) => `\n    ${line}`).join("")}`;
}
