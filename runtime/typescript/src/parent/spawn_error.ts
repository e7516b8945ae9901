import { ProcwireError } from "../error.js";
import { type Exit, lastLines, statusSentence } from "./exit.js";

/**
 * At which step a start failed.
 *
 * - `start`: the system could not start the program
 * - `ended`: the child ended before it was ready
 * - `timeout`: the child did not announce itself in time
 * - `refused`: the child said itself why it cannot start
 * - `malformed`: the child announced itself in a form that cannot be used
 * - `mismatch`: the child does not serve what this program calls
 * - `connect`: the child's socket could not be reached
 */
export type SpawnErrorKind = "start" | "ended" | "timeout" | "refused" | "malformed" | "mismatch" | "connect";

/** Why a child could not be started, with what is known of it. */
export class SpawnError extends ProcwireError {
  static {
    SpawnError.prototype.name = "SpawnError";
  }

  /** At which step the start failed. */
  readonly kind: SpawnErrorKind;
  /** The child's exit code, where it ended by itself. */
  readonly exitCode: number | null;
  /** The signal that ended the child, if one did. */
  readonly signal: NodeJS.Signals | null;
  /** The last lines that the child wrote on stderr, the newest last. */
  readonly stderr: readonly string[];

  constructor(
    kind: SpawnErrorKind,
    worker: string,
    reason: string,
    known: { readonly exit?: Exit | undefined; readonly stderr?: readonly string[]; readonly cause?: unknown } = {},
  ) {
    const { exit, cause } = known;
    const stderr = exit?.stderr ?? known.stderr ?? [];
    const status = exit === undefined ? "" : `: ${statusSentence(exit)}`;
    const message = `worker \`${worker}\` could not be started: ${reason}${status}${lastLines(stderr)}`;
    super("unavailable", message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.exitCode = exit?.code ?? null;
    this.signal = exit?.signal ?? null;
    this.stderr = stderr;
  }
}
