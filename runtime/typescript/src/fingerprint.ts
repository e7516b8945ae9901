/**
 * Fingerprints of what schemas say, and of all that one worker says.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** Hexadecimal digits of a fingerprint. */
const DIGITS = 16;

/** What a fingerprint is made of a member of: its kind, its name on the wire, and its own fingerprint. */
export type Kind = "callback" | "event" | "method";

/** A member of a worker. */
export interface Printed {
  readonly wire: string;
  readonly fp?: string | undefined;
}

/** The fingerprint over those of all members. */
export function fingerprintOf(members: Readonly<Record<Kind, readonly Printed[]>>): string {
  const kinds: readonly Kind[] = ["callback", "event", "method"];
  const lines = kinds.flatMap((kind) =>
    [...members[kind]]
      .sort((one, other) => byBytes(one.wire, other.wire))
      .map(({ wire, fp }) => `["${kind}",${quote(wire)},${fp === undefined ? "null" : quote(fp)}]`),
  );
  return digest(`[${lines.join(",")}]`);
}

/** The fingerprint of a canonical text. */
export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, DIGITS);
}

/** The order of texts in UTF-8. */
export function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/** Printable ASCII stands as it is, `"` and `\` have a backslash before them, all else is `\uXXXX` of its UTF-16 units. */
export function quote(text: string): string {
  const escaped = text.replaceAll(/[^ !#-[\]-~]/g, (unit) =>
    unit === '"' || unit === "\\" ? `\\${unit}` : `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${escaped}"`;
}
