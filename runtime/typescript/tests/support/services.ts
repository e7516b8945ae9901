import * as $ from "../../src/stub_v1.js";

/** A method of a test's service; every payload is any value where nothing else is said. */
export function method(
  wire: string,
  response: $.MethodDescriptor["response"],
  more: Partial<$.MethodDescriptor> = {},
): $.MethodDescriptor {
  return { name: wire, wire, response, parameters: "bare", request: $.any, answer: $.any, ...more };
}

/** An event of a test's service. */
export function event(wire: string, more: Partial<$.EventDescriptor> = {}): $.EventDescriptor {
  return { name: wire, wire, parameters: "bare", payload: $.any, ...more };
}

/** The data of the error that tests declare. */
export type TroubleData = { readonly type: "OutOfLuck"; readonly tries: number } | { readonly type: "Closed" };

const trouble: $.Codec<TroubleData> = {
  decode(r) {
    const value = $.any.decode(r) as { type?: unknown; tries?: unknown };
    if (value.type === "OutOfLuck" && typeof value.tries === "number") {
      return { type: "OutOfLuck", tries: value.tries };
    }
    if (value.type === "Closed") {
      return { type: "Closed" };
    }
    throw new $.DecodeError("unknown-variant", "no variant of Trouble");
  },
  encode: (w, value) => $.any.encode(w, value),
};

/** The error that tests declare. */
export class Trouble extends $.DeclaredError<TroubleData> {
  static readonly $name: string = "Trouble";
  static readonly $codec: $.Codec<TroubleData> = trouble;
}
