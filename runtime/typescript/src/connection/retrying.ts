/**
 * Calls that are sent again after a failure that the schema says is worth another try.
 *
 * @module
 */

import { setTimeout as sleep } from "node:timers/promises";

import { DeclaredError, ProcwireError, retryOf } from "../error.js";
import type { CallOptions, RemoteMethod, RetryOptions } from "./remote_method.js";

/** The first pause where the schema does not say. */
const FIRST_MS = 50;
/** What doubling the pause ends at. */
const LONGEST_MS = 1000;
/** The part of a pause by which it may be shorter or longer, so that callers who failed together do not come back so. */
const SPREAD = 0.2;

/** The pause before the try that follows `tries` others, in milliseconds. `random` is from 0 to 1. */
export function pauseMs(first: number, tries: number, random: number): number {
  // A schema that asks for more than the longest pause has its reason.
  const pause = Math.max(first, Math.min(first * 2 ** tries, LONGEST_MS));
  return pause * (1 - SPREAD + 2 * SPREAD * random);
}

/** Throws where a call of this method may not be sent again so many times. */
function check(method: RemoteMethod, retries: number): void {
  if (!Number.isInteger(retries) || retries < 0) {
    const message = `${method.name}: retries is ${retries}, expected a whole number that is not negative`;
    throw new ProcwireError("invalid_argument", message);
  }
  if (retries === 0) {
    return;
  }
  if (method.kind !== "result" && method.kind !== "ack") {
    const message = `${method.name}: only a call that is answered once can be sent again, this one answers with ${method.kind}`;
    throw new ProcwireError("invalid_argument", message);
  }
  if (!method.idempotent || !method.errors.some(({ $retry }) => $retry !== undefined)) {
    const message = `${method.name} is not to be sent again: the schema needs \`@idempotent\` on it and \`@retry\` on a variant of its errors`;
    throw new ProcwireError("invalid_argument", message);
  }
}

/** Calls until it does not fail, or fails in a way that is not worth another try, or there is no time for one. */
export async function withRetries(
  method: RemoteMethod,
  options: RetryOptions,
  deadline: number,
  call: (options: CallOptions) => Promise<unknown>,
): Promise<unknown> {
  const { retries = 0, ...rest } = options;
  check(method, retries);
  for (let tries = 0; ; tries++) {
    try {
      return await call({ ...rest, timeoutMs: Math.max(deadline - performance.now(), 0) });
    } catch (error) {
      const retry = error instanceof DeclaredError ? retryOf(error) : undefined;
      if (retry === undefined || tries >= retries) {
        throw error;
      }
      const pause = pauseMs(retry.afterMs ?? FIRST_MS, tries, Math.random());
      if (performance.now() + pause >= deadline) {
        throw error;
      }
      await nap(pause, rest.signal);
    }
  }
}

/** Waits, unless the caller leaves meanwhile. */
async function nap(pause: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(pause, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
