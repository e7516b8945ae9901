/** UUIDs: sixteen bytes, or the text of 36 letters. */

/** The text of a UUID, of the type that `crypto.randomUUID()` has. */
export type Uuid = `${string}-${string}-${string}-${string}-${string}`;

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
/** The value of each hexadecimal digit by its character; 255 for all others. */
const DIGITS: Uint8Array = new Uint8Array(128).fill(0xff);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  DIGITS[digit.charCodeAt(0)] = value;
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value;
}
/** Where the two digits of each byte begin in the text. */
const PLACES: readonly number[] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/** The text of the sixteen bytes at `at`. */
export function uuidText(b: Uint8Array, at: number): Uuid {
  const h = (n: number) => HEX[b[at + n] as number] as string;
  return `${h(0)}${h(1)}${h(2)}${h(3)}-${h(4)}${h(5)}-${h(6)}${h(7)}-${h(8)}${h(9)}-${h(10)}${h(11)}${h(12)}${h(13)}${h(14)}${h(15)}`;
}

/** Writes the sixteen bytes that a text means to `at`; false where it means none. */
export function writeUuid(b: Uint8Array, at: number, text: string): boolean {
  if (text.length !== 36) return false;
  if (text[8] !== "-" || text[13] !== "-" || text[18] !== "-" || text[23] !== "-") return false;
  for (let byte = 0; byte < 16; byte++) {
    const place = PLACES[byte] as number;
    const high = DIGITS[text.charCodeAt(place)] ?? 0xff;
    const low = DIGITS[text.charCodeAt(place + 1)] ?? 0xff;
    if ((high | low) > 0xf) return false;
    b[at + byte] = (high << 4) | low;
  }
  return true;
}
