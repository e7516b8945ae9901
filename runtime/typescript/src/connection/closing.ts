import type { WireError } from "../frame.js";

/** Why a connection ended. */
export type CloseReason =
  /** The peer closed it, or is gone. */
  | { readonly kind: "ended" }
  /** The peer closed it inside a frame. */
  | { readonly kind: "truncated" }
  /** The system could not read or write any more. */
  | { readonly kind: "broken"; readonly error: Error }
  /** The peer sent what the protocol does not allow. */
  | { readonly kind: "protocol"; readonly error: WireError }
  /** This side closed it. */
  | { readonly kind: "local"; readonly message: string };

/** The reason as a sentence. */
export function closeSentence(reason: CloseReason): string {
  switch (reason.kind) {
    case "ended":
      return "the peer closed the connection";
    case "truncated":
      return "the peer closed the connection inside a frame";
    case "broken":
      return `the connection broke: ${reason.error.message}`;
    case "protocol":
      return `the peer broke the protocol: ${reason.error.message}`;
    case "local":
      return reason.message;
  }
}
