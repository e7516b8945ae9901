/**
 * The numbers and names of the protocol. `runtime/vectors/constants.json` holds the same; a test compares both.
 *
 * @module
 */

/** Bytes of a frame's header. */
export const HEADER_LENGTH = 11;
/** The payload limit where nothing else was agreed: 1 GiB. */
export const DEFAULT_PAYLOAD_LIMIT: number = 2 ** 30;
/** The highest payload limit: 2 GiB - 1. */
export const MAXIMUM_PAYLOAD_LIMIT: number = 2 ** 31 - 1;

/** Never a valid id. */
export const ID_INVALID = 0;
/** From here on ids belong to the protocol. */
export const ID_RESERVED = 0xfff0;
/** The first frame of an extended connection. */
export const ID_HELLO = 0xfffc;
/** Room for more items of a stream. */
export const ID_CREDIT = 0xfffd;
/** The token that a parent shows first. */
export const ID_AUTHENTICATE = 0xfffe;
/** The end of interest in an answer. */
export const ID_ABORT = 0xffff;

/** Sent by the child. */
export const FLAG_TO_PARENT = 0x01;
/** Answers a request. */
export const FLAG_RESPONSE = 0x02;
/** The payload is an error. */
export const FLAG_ERROR = 0x04;
/** Belongs to a stream. */
export const FLAG_STREAM = 0x08;
/** Ends a stream. */
export const FLAG_STREAM_END = 0x10;
/** Acknowledges a request. */
export const FLAG_ACK = 0x20;
/** Bits that must be 0. */
export const FLAGS_RESERVED = 0xc0;

/** The whole flag byte of each kind of frame, where a child sends it. */
export const KINDS = {
  request: 0x00,
  result: 0x03,
  ack: 0x23,
  item: 0x0b,
  end: 0x1b,
  error: 0x07,
  streamError: 0x0f,
  event: 0x01,
  abort: 0x00,
  authenticate: 0x00,
} as const;

/** How a method answers. */
export type ResponseKind = "result" | "ack" | "none" | "stream";
/** Every kind of answer. */
export const RESPONSES: readonly ResponseKind[] = ["result", "ack", "none", "stream"];

/** Every code of a failure, without the one of a declared error. */
export const FAILURE_CODES = [
  "failed",
  "internal",
  "cancelled",
  "deadline_exceeded",
  "not_found",
  "invalid_argument",
  "unavailable",
  "resource_exhausted",
  "unsupported",
] as const;
/** The code of an error of the method's `throws`. */
export const DECLARED = "declared";

/** What one connection may hold. */
export const LIMITS = {
  handlers: 16_384,
  waitingRequests: 65_536,
  waitingBytes: 67_108_864,
  writeQueue: 16_777_216,
  unwrittenAnswers: 67_108_864,
  streamPause: 1_048_576,
  streamQueue: 67_108_864,
  events: 1024,
} as const;

/** Times in milliseconds. */
export const TIMEOUTS_MS = {
  call: 30_000,
  cancelGrace: 1000,
  init: 30_000,
  connect: 10_000,
  shutdownGrace: 5000,
  terminateToKill: 1000,
  pendingPeer: 10_000,
} as const;

/** The control plane. */
export const CONTROL = {
  addressSize: 108,
  version: "1.0.0",
  lineLimit: 1_048_576,
  pendingPeers: 8,
  tokenVariable: "PROCWIRE_TOKEN",
  moduleVariable: "PROCWIRE_MODULE_NAME",
  variablePrefix: "PROCWIRE_",
} as const;

/** What our own runtimes add between themselves. */
export const EXTENSIONS = {
  names: ["fd", "meta", "callbacks", "credit"],
  metaFlag: 0x40,
  kinds: {
    hello: 0x00,
    credit: 0x00,
    creditToParent: 0x01,
    callback: 0x01,
    callbackResult: 0x02,
    callbackAck: 0x22,
    callbackItem: 0x0a,
    callbackEnd: 0x1a,
    callbackError: 0x06,
    callbackStreamError: 0x0e,
    callbackAbort: 0x01,
  },
  window: 1_048_576,
  itemCost: 64,
  metaLimit: 8192,
  nesting: 16,
  nestedHandlers: 65_536,
  firstFrameMs: 1000,
  traceback: 16_384,
  descriptorVariable: "PROCWIRE_FD",
  descriptorPrefix: "fd:",
  builtins: { $health: 65_518, $schema: 65_517 },
} as const;
