/**
 * A child process, heard and kept: its output, its heartbeat, its end.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { Socket } from "node:net";

import { adopt, type Reading, Waiting } from "../connection/transport.js";
import { TIMEOUTS_MS } from "../constants.js";
import { type Init, Lines, parse, printPing, printShutdown } from "../control.js";
import { removeLeftBehind } from "../worker/socket_folder.js";
import type { Exit } from "./exit.js";
import { type Heartbeat, PAIR_FD, type Settings } from "./options.js";
import { Tail } from "./tail.js";

/** How long output may follow the exit of a child, whoever else still holds the pipe. */
const LAST_OUTPUT_MS = 100;

/** The first thing that a child says about its start. */
export type Said =
  | { readonly kind: "init"; readonly init: Init }
  | { readonly kind: "bad-init"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "ended"; readonly exit: Exit }
  | { readonly kind: "not-started"; readonly error: Error };

/** Children that run; a parent that ends leaves none. */
const running = new Set<Child>();
let watchesExit = false;

function killAll(): void {
  for (const child of running) {
    child.kill();
  }
}

/** A child process with its three standard streams piped. */
export class Child {
  readonly tail: Tail = new Tail();
  /** What it says first, or how it ended before that. */
  readonly said: Promise<Said>;
  /** How it ended. */
  readonly exited: Promise<Exit>;
  readonly #process: ChildProcess;
  readonly #lines = new Lines();
  readonly #onStderr: ((chunk: Uint8Array) => void) | undefined;
  #say: (said: Said) => void = () => {};
  #end: (exit: Exit) => void = () => {};
  #exit: Exit | undefined;
  #isGone = false;
  #pair: Socket | undefined;
  readonly #pairReading = new Waiting();
  #socket: string | undefined;
  #cause: string | undefined;
  #timers: NodeJS.Timeout[] = [];
  #ending = false;
  #heartbeat: Heartbeat | undefined;
  #beat: NodeJS.Timeout | undefined;
  /** When the child was asked that has not answered yet, in milliseconds of `performance.now()`. */
  #pingedAt: number | undefined;

  constructor(command: string, args: readonly string[], settings: Settings) {
    this.#onStderr = settings.onStderr;
    this.said = new Promise((resolve) => {
      this.#say = resolve;
    });
    this.exited = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#process = spawn(command, args, {
      cwd: settings.cwd,
      env: settings.env,
      // The child finds a fourth pipe, which is a pair of sockets, as its descriptor 3.
      stdio: settings.extensions.includes("fd") ? ["pipe", "pipe", "pipe", "pipe"] : ["pipe", "pipe", "pipe"],
    });
    const pair = this.#process.stdio[PAIR_FD];
    if (pair instanceof Socket) {
      this.#pair = adopt(pair, this.#pairReading);
      // A child that does not use it closes it when it ends.
      this.#pair.on("error", () => {});
    }
    this.#listen();
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** The pair of sockets, which `reading` reads from then on; `undefined` where there is none. */
  usePair(reading: Reading): Socket | undefined {
    const pair = this.#pair;
    this.#pair = undefined;
    if (pair !== undefined) {
      this.#pairReading.passTo(reading, pair);
    }
    return pair;
  }

  /** The child does not use the pair. */
  dropPair(): void {
    this.#pair?.destroy();
    this.#pair = undefined;
  }

  /** How it ended, if it did. */
  get exit(): Exit | undefined {
    return this.#exit;
  }

  /** Ends the child at once. `cause` says why, where it did not say so itself. */
  kill(cause?: string): void {
    if (!this.#isGone) {
      this.#cause ??= cause;
      this.#process.kill("SIGKILL");
    }
  }

  /** Ends a child that cannot be reached any more, unless it is about to end anyhow. */
  endLost(cause: string): void {
    if (!this.#ending) {
      this.kill(cause);
    }
  }

  /** Asks the child to end; SIGTERM follows after `graceMs`, SIGKILL a second later. */
  shutdown(graceMs: number): void {
    this.#ending = true;
    this.#after(graceMs, () => this.#process.kill("SIGTERM"));
    this.#after(graceMs + TIMEOUTS_MS.terminateToKill, () => this.kill("it did not end when asked to"));
    this.#write(printShutdown(graceMs));
  }

  /** Begins to ask whether the child is alive. */
  watchOver(heartbeat: Heartbeat): void {
    this.#heartbeat = heartbeat;
    this.#ping();
  }

  #ping(): void {
    const heartbeat = this.#heartbeat;
    if (heartbeat === undefined || this.#isGone || this.#ending) {
      return;
    }
    this.#pingedAt = performance.now();
    this.#write(printPing());
    this.#beat = setTimeout(() => {
      // What lies in the pipe is read before the clock is believed: this process may have been stopped meanwhile.
      setImmediate(() => setImmediate(() => this.#missed(heartbeat)));
    }, heartbeat.timeoutMs);
  }

  #missed(heartbeat: Heartbeat): void {
    if (this.#pingedAt !== undefined && !this.#ending) {
      this.kill(`no answer to $ping within ${heartbeat.timeoutMs} ms`);
    }
  }

  #ponged(): void {
    const heartbeat = this.#heartbeat;
    if (this.#pingedAt === undefined || heartbeat === undefined) {
      return;
    }
    const left = Math.max(this.#pingedAt + heartbeat.intervalMs - performance.now(), 0);
    this.#pingedAt = undefined;
    clearTimeout(this.#beat);
    this.#beat = setTimeout(() => this.#ping(), left);
  }

  #listen(): void {
    const child = this.#process;
    child.once("error", (error) => {
      // Later errors are of signals to a process that is gone.
      if (child.pid === undefined) {
        // Before its end is told, since only the first word counts.
        this.#say({ kind: "not-started", error });
        this.#gone({ code: null, signal: null, cause: undefined, stderr: [] });
      }
    });
    child.on("error", () => {});
    child.stdin?.on("error", () => {
      // A child that is gone cannot hear; its exit says so.
    });
    child.stdout?.on("data", (chunk: Buffer) => this.#lines.push(chunk, this.#heard));
    child.stdout?.on("end", () => this.#lines.finish(this.#heard));
    child.stdout?.on("error", () => {});
    child.stderr?.on("data", (chunk: Buffer) => {
      this.tail.push(chunk);
      this.#pass(chunk);
    });
    child.stderr?.on("error", () => {});
    child.once("exit", (code, signal) => {
      this.#isGone = true;
      running.delete(this);
      this.#clearTimers();
      const finish = (): void => {
        clearTimeout(late);
        this.#gone({ code, signal, cause: this.#cause, stderr: this.tail.lines() });
      };
      const late = setTimeout(finish, LAST_OUTPUT_MS);
      child.once("close", finish);
    });
    if (child.pid !== undefined) {
      running.add(this);
      if (!watchesExit) {
        watchesExit = true;
        process.on("exit", killAll);
      }
    }
  }

  readonly #heard = {
    line: (line: Buffer): void => {
      const message = parse(line.toString());
      switch (message.kind) {
        case "init":
          this.#socket ??= message.init.pipe;
          this.#say(message);
          break;
        case "bad-init":
          this.#say(message);
          break;
        case "error":
          this.#say({ kind: "refused", reason: message.message });
          break;
        case "pong":
          this.#ponged();
          break;
        default:
          if (line.length > 0) {
            this.#pass(Buffer.concat([line, Buffer.from("\n")]));
          }
      }
    },
    overlong: (part: Buffer): void => this.#pass(part),
  };

  /** Passes on what the child writes for people. */
  #pass(bytes: Buffer): void {
    if (this.#onStderr !== undefined) {
      this.#onStderr(bytes);
    } else {
      if (process.stderr.listenerCount("error") === 0) {
        // A stderr that nobody reads any more is no reason for the parent to break.
        process.stderr.on("error", () => {});
      }
      process.stderr.write(bytes);
    }
  }

  #write(line: string): void {
    const stdin = this.#process.stdin;
    if (stdin?.writable) {
      stdin.write(line);
    }
  }

  #after(milliseconds: number, run: () => void): void {
    if (!this.#isGone) {
      this.#timers.push(setTimeout(run, milliseconds));
    }
  }

  #clearTimers(): void {
    clearTimeout(this.#beat);
    for (const timer of this.#timers.splice(0)) {
      clearTimeout(timer);
    }
  }

  #gone(exit: Exit): void {
    if (this.#exit !== undefined) {
      return;
    }
    this.#isGone = true;
    this.#exit = exit;
    if (this.#socket !== undefined) {
      removeLeftBehind(this.#socket);
    }
    this.dropPair();
    this.#process.stdin?.destroy();
    this.#process.stdout?.destroy();
    this.#process.stderr?.destroy();
    this.#say({ kind: "ended", exit });
    this.#end(exit);
  }
}
