/**
 * The control thread: it answers `$ping`, hears the end of the parent, and ends a process that a handler blocks.
 *
 * @module
 */

import { Worker } from "node:worker_threads";

import { CONTROL, TIMEOUTS_MS } from "../constants.js";
import { printPong } from "../control.js";

/** What the thread tells: lines of the parent, and the end of them. */
export type Told = { readonly line: string } | { readonly end: true };

/** What the thread is told. */
interface Settings {
  readonly pong: string;
  readonly lineLimit: number;
  /** The grace of a parent that says none. */
  readonly graceMs: number;
  readonly exitAfterMs: number;
}

/** From the loss of the parent to the end of the process, whatever handlers do. */
export const EXIT_AFTER_LOSS_MS = 400;
/** A published parent says no grace and kills after 5 s; a clean end has to come before. */
export const GRACE_MARGIN_MS = 500;
/** The grace where the parent says none. */
export const USUAL_GRACE_MS: number = TIMEOUTS_MS.shutdownGrace - GRACE_MARGIN_MS;

/** Reads stdin in a thread of its own. */
export function startControlThread(tell: (told: Told) => void): void {
  try {
    const thread = new Worker(SOURCE, {
      eval: true,
      workerData: settings(),
      execArgv: [],
      env: {},
      name: "procwire-control",
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4, stackSizeMb: 1 },
    });
    thread.on("message", tell);
    thread.on("error", () => void readControlHere(tell));
    thread.unref();
  } catch {
    // Where a process may have no threads its parent is still to be heard.
    void readControlHere(tell);
  }
}

/** Reads stdin in this thread, for those who count megabytes. A handler that blocks then delays `$pong`. */
export async function readControlHere(tell: (told: Told) => void): Promise<void> {
  const { createRequire } = await import("node:module");
  readControlPlane(createRequire(import.meta.url), settings(), tell);
}

function settings(): Settings {
  return {
    pong: printPong(),
    lineLimit: CONTROL.lineLimit,
    graceMs: USUAL_GRACE_MS,
    exitAfterMs: EXIT_AFTER_LOSS_MS,
  };
}

/**
 * Reads the control plane. It runs from its source text, so that it may name nothing but its parameters.
 */
function readControlPlane(require: NodeJS.Require, settings: Settings, tell: (told: Told) => void): void {
  const fs: typeof import("node:fs") = require("node:fs");
  const net: typeof import("node:net") = require("node:net");
  const { isMainThread }: typeof import("node:worker_threads") = require("node:worker_threads");
  const nap = new Int32Array(new SharedArrayBuffer(4));
  let held = "";
  let overlong = false;
  let exitAt = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  // The main thread ends the process in order before; this is for one that is blocked.
  const exitIn = (milliseconds: number): void => {
    const at = performance.now() + milliseconds;
    if (at < exitAt) {
      exitAt = at;
      clearTimeout(timer);
      timer = setTimeout(() => process.kill(process.pid, "SIGKILL"), Math.min(milliseconds, 2 ** 31 - 1));
      // A thread of its own ends when nothing is left to wait for, and would forget the process that it has to end.
      if (isMainThread) {
        timer.unref();
      }
    }
  };

  const pong = (): void => {
    const bytes = Buffer.from(settings.pong);
    let at = 0;
    for (let tries = 0; at < bytes.length && tries < 1000; tries++) {
      try {
        at += fs.writeSync(1, bytes, at);
      } catch (error) {
        // A parent that is gone needs no answer.
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") {
          return;
        }
        Atomics.wait(nap, 0, 0, 5);
      }
    }
  };

  const hear = (line: string): void => {
    if (!line.includes('"$')) {
      return;
    }
    let message: { method?: unknown; params?: { grace_ms?: unknown } } | null;
    try {
      message = JSON.parse(line);
    } catch {
      return;
    }
    if (message?.method === "$ping") {
      pong();
      return;
    }
    if (message?.method === "$shutdown") {
      const grace = message.params?.grace_ms;
      const known = typeof grace === "number" && Number.isInteger(grace) && grace >= 0;
      exitIn((known ? grace : settings.graceMs) + settings.exitAfterMs);
    }
    tell({ line });
  };

  let ended = false;
  const end = (): void => {
    if (!ended) {
      ended = true;
      exitIn(settings.exitAfterMs);
      tell({ end: true });
    }
  };

  let input: NodeJS.ReadableStream;
  try {
    input = new net.Socket({ fd: 0, readable: true, writable: false });
  } catch {
    // It is no pipe and no socket.
    input = fs.createReadStream("", { fd: 0, autoClose: false });
  }
  input.setEncoding("utf8");
  input.on("data", (chunk: string | Buffer) => {
    const lines = (held + String(chunk)).split("\n");
    held = lines.pop() ?? "";
    for (const line of lines) {
      if (!overlong && line.length <= settings.lineLimit) {
        hear(line);
      }
      overlong = false;
    }
    if (held.length > settings.lineLimit) {
      held = "";
      overlong = true;
    }
  });
  input.on("end", end);
  input.on("close", end);
  input.on("error", end);
}

/** The source of a function, since a file of its own would be lost where a program is bundled. */
const SOURCE: string = `
  const threads = require("node:worker_threads");
  (${readControlPlane.toString()})(require, threads.workerData, (told) => threads.parentPort.postMessage(told));
`;
