import { readFileSync } from "node:fs";

/** A file of `runtime/vectors`. */
export function vectors<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../vectors/${name}`, import.meta.url), "utf8")) as T;
}

/** Bytes from hex, where `00*3` repeats a byte. */
export function unhex(text: string): Buffer {
  const parts = text.replaceAll(/([0-9a-f]{2})\*(\d+)/g, (_, byte: string, count: string) =>
    byte.repeat(Number(count)),
  );
  const bytes = Buffer.from(parts.replaceAll(/\s/g, ""), "hex");
  if (bytes.length * 2 !== parts.replaceAll(/\s/g, "").length) {
    throw new Error(`this is no hex: ${text}`);
  }
  return bytes;
}
