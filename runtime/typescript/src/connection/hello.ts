/**
 * The first frame of a parent that speaks more than the base protocol.
 *
 * @module
 */

import { type Codec, Reader, type Writer } from "../codec/index.js";
import { ID_HELLO } from "../constants.js";
import { WireError } from "../frame.js";
import { encodeFrame } from "./outbox.js";

/** The largest size that there is on the wire. */
const MOST = 0xffff_ffff;

/** What a parent says of itself. */
export interface Hello {
  /** The names in force. */
  readonly ext: readonly string[];
  /** Bytes of a payload that it takes. */
  readonly payload: number | undefined;
  /** The window of each stream that it receives. */
  readonly window: number | undefined;
  /** The paths that have a handler now. */
  readonly callbacks: readonly string[];
  /** Whether it wants to be told where handlers fail. */
  readonly tracebacks: boolean;
}

const codec: Codec<never, Hello> = {
  decode(): never {
    throw new TypeError("a hello is read by `readHello`");
  },
  encode(w: Writer, { ext, payload, window, callbacks, tracebacks }: Hello): void {
    const offered = ext.includes("callbacks");
    w.map(2 + Number(offered) + Number(tracebacks));
    w.text("ext");
    w.any(ext);
    w.text("limits");
    w.any({ ...(payload === undefined ? {} : { payload }), ...(window === undefined ? {} : { window }) });
    if (offered) {
      w.text("callbacks");
      w.any(callbacks);
    }
    if (tracebacks) {
      w.text("errors");
      w.any({ traceback: true });
    }
    w.leave();
  },
};

/** The whole frame. */
export function helloFrame(hello: Hello): Buffer {
  return encodeFrame(codec as Codec<unknown, unknown>, hello, ID_HELLO, 0, 0);
}

/** Reads what a parent says of itself. Throws a {@link WireError} where it is of another form. */
export function readHello(buffer: Buffer, view: DataView, start: number, end: number): Hello {
  const reader = new Reader();
  let value: unknown;
  try {
    reader.begin(buffer, view, start, end, false);
    value = reader.any();
    reader.finish();
  } catch {
    throw WireError.badHello("its payload does not decode");
  }
  if (!isMap(value)) {
    throw WireError.badHello("its payload is no map");
  }
  const { limits = {} } = value;
  if (!isMap(limits)) {
    throw WireError.badHello("`limits` is no map");
  }
  return {
    ext: texts(value, "ext"),
    callbacks: texts(value, "callbacks"),
    payload: size(limits, "payload"),
    window: size(limits, "window"),
    tracebacks: wantsTracebacks(value),
  };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Map);
}

function wantsTracebacks({ errors = {} }: Record<string, unknown>): boolean {
  const traceback = isMap(errors) ? (errors["traceback"] ?? false) : undefined;
  if (typeof traceback !== "boolean") {
    throw WireError.badHello("`errors` is no map with a bool `traceback`");
  }
  return traceback;
}

function texts(map: Record<string, unknown>, key: string): string[] {
  const { [key]: value = [] } = map;
  if (!Array.isArray(value) || value.some((one) => typeof one !== "string")) {
    throw WireError.badHello(`\`${key}\` is no list of texts`);
  }
  return value as string[];
}

function size(map: Record<string, unknown>, key: string): number | undefined {
  const value = map[key];
  const found = typeof value === "bigint" ? Number(value) : value;
  if (found === undefined) {
    return undefined;
  }
  if (typeof found !== "number" || !Number.isInteger(found) || found < 0 || found > MOST) {
    throw WireError.badHello(`\`limits.${key}\` is no size`);
  }
  return found;
}
