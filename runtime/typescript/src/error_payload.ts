/**
 * The payload of an error frame: always MsgPack, written as a map, read from anything.
 *
 * @module
 */

import { type Codec, DecodeError, type Reader, type Writer } from "./codec/index.js";
import { DECLARED, EXTENSIONS } from "./constants.js";
import { DeclaredError, type DeclaredErrorClass, isFailureCode, ProcwireError, sentence } from "./error.js";

/** What an error frame carries. */
export interface ErrorParts {
  readonly code: string;
  readonly message: string;
  readonly data?: unknown;
  /** How `data` is written; as any value where it is absent. */
  readonly codec?: Codec<unknown, unknown>;
}

/** Writes the parts of an error. */
export const errorCodec: Codec<never, ErrorParts> = {
  decode(): never {
    throw new TypeError("an error is read by `readError`");
  },
  encode(w: Writer, parts: ErrorParts): void {
    const hasData = "data" in parts;
    w.map(hasData ? 3 : 2);
    w.text("code");
    w.text(parts.code);
    w.text("message");
    w.text(parts.message);
    if (hasData) {
      w.text("data");
      if (parts.codec === undefined) {
        w.any(parts.data);
      } else {
        parts.codec.encode(w, parts.data);
      }
    }
    w.leave();
  },
};

/**
 * What a caller is told of anything that a handler throws.
 *
 * @param tracebacks whether the caller wants to be told where an error of no kind of ours came from
 */
export function partsOf(thrown: unknown, declared: readonly DeclaredErrorClass[], tracebacks = false): ErrorParts {
  for (const one of declared) {
    if (thrown instanceof one) {
      return { code: DECLARED, message: thrown.message, data: thrown.data, codec: one.$codec };
    }
  }
  if (thrown instanceof ProcwireError) {
    const code = thrown instanceof DeclaredError || thrown.code === DECLARED ? "failed" : thrown.code;
    const message = wellFormed(thrown.message);
    return thrown.data === undefined ? { code, message } : { code, message, data: thrown.data };
  }
  if (thrown instanceof Error) {
    const traceback = tracebacks && thrown.stack !== undefined ? { traceback: bounded(thrown.stack) } : {};
    const data = { class: wellFormed(String(thrown.name)), ...traceback };
    return { code: "failed", message: wellFormed(sentence(thrown)), data };
  }
  return { code: "failed", message: wellFormed(sentence(thrown)), data: thrown };
}

const LEFT_OUT = "\n[...]\n";

/** The text as it goes out, without its middle where it is longer than a peer is told. */
function bounded(text: string): string {
  const bytes = Buffer.from(text.toWellFormed());
  if (bytes.length <= EXTENSIONS.traceback) {
    return bytes.toString();
  }
  const half = Math.floor((EXTENSIONS.traceback - LEFT_OUT.length) / 2);
  // What the cut leaves of a character takes as many bytes as it had, or fewer when it is left out.
  const whole = (part: Buffer): string => part.toString().replaceAll("\ufffd", "");
  return whole(bytes.subarray(0, half)) + LEFT_OUT + whole(bytes.subarray(bytes.length - half));
}

/** Text that has a form on the wire. */
function wellFormed(text: string): string {
  return text.toWellFormed();
}

interface Found {
  code: string | undefined;
  message: string | undefined;
  /** Where `data` lies. */
  from: number;
  to: number;
}

/** Reads the error that the reader's payload is. Never throws. */
export function readError(r: Reader, declared: readonly DeclaredErrorClass[]): ProcwireError {
  const { buf, view, pos: start, end, owned } = r;
  let found: Found | undefined;
  try {
    found = readParts(r);
  } catch {
    found = undefined;
  }
  if (found?.code !== undefined && found.message !== undefined) {
    const { code, message, from, to } = found;
    if (code === DECLARED && from < to) {
      const error = readDeclared(r, declared, () => r.begin(buf, view, from, to, owned));
      if (error !== undefined) {
        return error;
      }
      // What does not decode is told as it is.
    } else if (isFailureCode(code)) {
      if (from === to) {
        return new ProcwireError(code, message);
      }
      try {
        r.begin(buf, view, from, to, owned);
        const data = r.any();
        r.finish();
        return new ProcwireError(code, message, { data });
      } catch {
        return new ProcwireError(code, message);
      }
    }
  }
  r.begin(buf, view, start, end, owned);
  return freeForm(r);
}

/**
 * The declared error that `again` leads the reader to, `undefined` where it is none of these.
 *
 * The names of their variants all differ, so that the first that knows the variant has it; one that nobody knows belongs to
 * the first error that is open.
 */
function readDeclared(
  r: Reader,
  declared: readonly DeclaredErrorClass[],
  again: () => void,
): DeclaredError<unknown> | undefined {
  let open: DeclaredError<unknown> | undefined;
  for (const one of declared) {
    try {
      again();
      const data = one.$codec.decode(r);
      r.finish();
      const error = new one(data as never);
      if ((data as { type?: unknown }).type !== "$unknown") {
        return error;
      }
      open ??= error;
    } catch (error) {
      if (!(error instanceof DecodeError && error.reason === "unknown-variant" && error.path === "")) {
        return undefined;
      }
    }
  }
  return open;
}

/** An error of a form that is not ours, such as a text: `failed`, with all of it in `data`. */
function freeForm(r: Reader): ProcwireError {
  let value: unknown;
  try {
    value = r.any();
    r.finish();
  } catch (error) {
    const message = `the peer failed with an error that does not decode: ${sentence(error)}`;
    return new ProcwireError("failed", message);
  }
  return new ProcwireError("failed", textOf(value) ?? "the peer failed with a value that has no message", {
    data: value,
  });
}

/** The value's text, or that of its `message`. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") {
    return value;
  }
  const message =
    value instanceof Map
      ? value.get("message")
      : typeof value === "object" && value !== null && Object.hasOwn(value, "message")
        ? (value as { message: unknown }).message
        : undefined;
  return typeof message === "string" ? message : undefined;
}

/** The parts of a map with a code and a message; `undefined` for any other value. */
function readParts(r: Reader): Found | undefined {
  const marker = r.peek();
  if ((marker & 0xf0) !== 0x80 && marker !== 0xde && marker !== 0xdf) {
    return undefined;
  }
  const found: Found = { code: undefined, message: undefined, from: 0, to: 0 };
  for (let left = r.map(); left > 0; left--) {
    switch (r.textKey()) {
      case "code":
        if (r.isText()) {
          found.code = r.text();
        } else {
          r.skip();
        }
        break;
      case "message":
        if (r.isText()) {
          found.message = r.text();
        } else {
          r.skip();
        }
        break;
      case "data":
        found.from = r.pos;
        r.skip();
        found.to = r.pos;
        break;
      default:
        r.skip();
    }
  }
  r.leave();
  r.finish();
  return found;
}
