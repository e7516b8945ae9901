/**
 * What a call may end in instead of a value.
 *
 * @module
 */

import { type Codec, conceal, type Hidden, redacted } from "./codec/index.js";
import { DECLARED, FAILURE_CODES } from "./constants.js";

/** What kind of failure it is. */
export type FailureCode = (typeof FAILURE_CODES)[number];
/** What kind of error it is: a failure, or `declared` for one that the method's `throws` names. */
export type Code = FailureCode | typeof DECLARED;

const CODES: ReadonlySet<string> = new Set(FAILURE_CODES);

/** Whether this text is the code of a failure. */
export function isFailureCode(text: unknown): text is FailureCode {
  return typeof text === "string" && CODES.has(text);
}

/** Why a call failed. */
export class ProcwireError extends Error {
  static {
    ProcwireError.prototype.name = "ProcwireError";
  }

  /** What kind of error it is. */
  readonly code: Code;
  /** What came with it; for an error of an unknown form, the whole of it. */
  readonly data?: unknown;

  /**
   * An error with a code and a sentence. Thrown by a handler it reaches the caller with both.
   *
   * @param options `data` travels with the error, as any value of MsgPack.
   */
  constructor(code: Code, message: string, options?: ErrorOptions & { readonly data?: unknown }) {
    super(message, options);
    this.code = code;
    if (options !== undefined && "data" in options) {
      this.data = options.data;
    }
  }

  /** Where the handler failed, for people, where this side asked to be told and the peer knows. */
  get traceback(): string | undefined {
    const traceback = Object(this.data)["traceback"] as unknown;
    return this.code !== DECLARED && typeof traceback === "string" ? traceback : undefined;
  }

  /** Whether the schema says of this failure that it is worth another try. */
  get isRetryable(): boolean {
    return false;
  }

  /** What `JSON.stringify` takes, for logs: `<redacted>` stands for what the schema calls `@sensitive`. */
  toJSON(): { readonly name: string; readonly code: Code; readonly message: string; readonly data?: unknown } {
    const { name, code, message } = this;
    return this.data === undefined ? { name, code, message } : { name, code, message, data: redacted(this.data) };
  }
}

/** The variants of an error that are worth another try, by their names on the wire. */
export type Retry = {
  readonly [variant: string]: {
    /** Milliseconds to wait before it. */
    readonly afterMs?: number;
  };
};

/** The class of the errors that one `error` of a schema declares. */
export interface DeclaredErrorClass {
  /** The name of the type in the schema. */
  readonly $name: string;
  /** Reads and writes the data of such an error. */
  readonly $codec: Codec<unknown, unknown>;
  /** The variants that are worth another try. */
  readonly $retry?: Retry;
  /** What of the data is never shown. */
  readonly $hidden?: Hidden;
  new (data: never, options?: ErrorOptions): DeclaredError<unknown>;
}

/**
 * An error that a method's `throws` names. Generated classes extend it, one for each `error` of a schema.
 *
 * @typeParam Data What a caller finds in `data`.
 * @typeParam DataInput What a handler may give.
 */
export abstract class DeclaredError<Data, DataInput = Data> extends ProcwireError {
  static {
    DeclaredError.prototype.name = "DeclaredError";
  }

  declare readonly code: typeof DECLARED;
  declare readonly data: Data;

  /** An error that reaches the caller as an instance of the same class. */
  constructor(data: DataInput, options?: ErrorOptions) {
    const declared = new.target as unknown as DeclaredErrorClass;
    const variant = variantName(data);
    const hidden = declared.$hidden?.[variant];
    const shown = hidden === undefined ? data : conceal(data, hidden);
    super(DECLARED, `${declared.$name}.${variant}`, { ...options, data: shown });
  }

  override get isRetryable(): boolean {
    return retryOf(this) !== undefined;
  }
}

/** What the schema says of another try after this error; `undefined` where none is worth it. */
export function retryOf(error: DeclaredError<unknown>): Retry[string] | undefined {
  const { $retry } = error.constructor as unknown as DeclaredErrorClass;
  const variant = variantName(error.data);
  return $retry !== undefined && Object.hasOwn($retry, variant) ? $retry[variant] : undefined;
}

/** The wire name of the variant that the data of an error is: errors are maps with a `type`. */
function variantName(data: unknown): string {
  const { type, $name } = Object(data) as { type?: unknown; $name?: unknown };
  return String(type === "$unknown" ? $name : type);
}

/** Whether this is an error of the runtime or a declared one; with `code`, whether it is one of this code. */
export function isProcwireError(error: unknown, code?: Code): error is ProcwireError {
  return error instanceof ProcwireError && (code === undefined || error.code === code);
}

/** Any thrown value as a sentence. */
export function sentence(thrown: unknown): string {
  if (thrown instanceof Error) {
    return thrown.message === "" ? thrown.name : thrown.message;
  }
  try {
    return String(thrown);
  } catch {
    return "a value that has no text";
  }
}
