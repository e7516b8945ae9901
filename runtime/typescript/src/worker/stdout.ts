/**
 * The worker's standard output, which is the control plane.
 *
 * Node cannot move the descriptor away as other languages do. So `process.stdout` becomes another name of
 * `process.stderr`, which every `console` uses, and control lines are written to descriptor 1 by hand. Output of native
 * code, and of a program that inherits the descriptor, still reaches the parent, which takes it as noise.
 *
 * @module
 */

import { readFileSync, writeSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

import { CONTROL } from "../constants.js";

const STDOUT = 1;
const O_NONBLOCK = 0o4000;
/** How long a parent that does not read may hold up a control line, in pieces of a nap. */
const NAP_MS = 5;
const NAPS = 1000;
const nap = new Int32Array(new SharedArrayBuffer(4));

let guarded = false;

/** Sends what this process prints to stderr from now on, if a parent started it. Does nothing the second time. */
export function guardStdout(): void {
  if (guarded || !isMainThread || process.env[CONTROL.moduleVariable] === undefined) {
    return;
  }
  guarded = true;
  if (wasTouched()) {
    // Somebody may hold on to the stream itself.
    const { stdout, stderr } = process;
    stdout.write = stderr.write.bind(stderr);
  }
  Object.defineProperty(process, "stdout", { configurable: true, enumerable: true, get: () => process.stderr });
}

/** Whether a stream was made of the descriptor, which then does not block any more. */
function wasTouched(): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${STDOUT}`, "latin1"))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & O_NONBLOCK) !== 0;
  } catch {
    // There is no such file on other systems.
    return false;
  }
}

/** Writes a control line, whole. Throws where the parent is gone. */
export function writeControlLine(line: string): void {
  const bytes = Buffer.from(line);
  let naps = 0;
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(STDOUT, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if ((code !== "EAGAIN" && code !== "EINTR") || naps === NAPS) {
        throw error;
      }
      naps += 1;
      Atomics.wait(nap, 0, 0, NAP_MS);
    }
  }
}
