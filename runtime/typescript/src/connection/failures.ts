/**
 * Why calls of this side fail, in words.
 *
 * @module
 */

import { FLAG_ACK, FLAG_STREAM, FLAG_STREAM_END } from "../constants.js";
import { type FailureCode, ProcwireError, sentence } from "../error.js";
import { TooLarge } from "./outbox.js";
import type { RemoteMethod } from "./remote_method.js";

/** A failure that is told to several calls. */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
}

/** The failure of one method. */
export function refusal(failure: Failure, method: RemoteMethod): ProcwireError {
  return new ProcwireError(failure.code, `${method.name}: ${failure.message}`);
}

/** Why a request could not be sent. */
export function refusedRequest(method: RemoteMethod, error: unknown): ProcwireError {
  if (error instanceof ProcwireError) {
    return error;
  }
  if (error instanceof TooLarge) {
    return new ProcwireError("resource_exhausted", `${method.name} request ${error.message}`);
  }
  const message = `${method.name} request cannot be encoded: ${sentence(error)}`;
  return new ProcwireError("invalid_argument", message, { cause: error });
}

/** How an answer with these flags is called. */
export function answerName(flags: number): string {
  if ((flags & FLAG_STREAM_END) !== 0) {
    return "the end of a stream";
  }
  if ((flags & FLAG_STREAM) !== 0) {
    return "an item of a stream";
  }
  return (flags & FLAG_ACK) !== 0 ? "an ack" : "a result";
}
