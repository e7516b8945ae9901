/** UUIDs: sixteen bytes, or the text of 36 letters. */

/** The text of a UUID, of the type that `crypto.randomUUID()` has. */
export type Uuid = `${string}-${string}-${string}-${string}-${string}`;

/** The character of each hexadecimal digit. */
const CODES: Uint8Array = new Uint8Array(16).map((_, value) => value.toString(16).charCodeAt(0));
const DASH = 45;
const { fromCharCode } = String;
/** The value of each hexadecimal digit by its character; 255 for all others. */
const DIGITS: Uint8Array = new Uint8Array(128).fill(0xff);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  DIGITS[digit.charCodeAt(0)] = value;
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value;
}
/** Where the two digits of each byte begin in the text. */
const PLACES: readonly number[] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/** The text of the sixteen bytes at `at`. One call with all letters makes one flat string, and so is the fastest. */
export function uuidText(b: Uint8Array, at: number): Uuid {
  const c = CODES;
  const b0 = b[at] as number;
  const b1 = b[at + 1] as number;
  const b2 = b[at + 2] as number;
  const b3 = b[at + 3] as number;
  const b4 = b[at + 4] as number;
  const b5 = b[at + 5] as number;
  const b6 = b[at + 6] as number;
  const b7 = b[at + 7] as number;
  const b8 = b[at + 8] as number;
  const b9 = b[at + 9] as number;
  const b10 = b[at + 10] as number;
  const b11 = b[at + 11] as number;
  const b12 = b[at + 12] as number;
  const b13 = b[at + 13] as number;
  const b14 = b[at + 14] as number;
  const b15 = b[at + 15] as number;
  // biome-ignore format: a byte is two letters
  return fromCharCode(
    c[b0 >> 4] as number, c[b0 & 15] as number, c[b1 >> 4] as number, c[b1 & 15] as number,
    c[b2 >> 4] as number, c[b2 & 15] as number, c[b3 >> 4] as number, c[b3 & 15] as number, DASH,
    c[b4 >> 4] as number, c[b4 & 15] as number, c[b5 >> 4] as number, c[b5 & 15] as number, DASH,
    c[b6 >> 4] as number, c[b6 & 15] as number, c[b7 >> 4] as number, c[b7 & 15] as number, DASH,
    c[b8 >> 4] as number, c[b8 & 15] as number, c[b9 >> 4] as number, c[b9 & 15] as number, DASH,
    c[b10 >> 4] as number, c[b10 & 15] as number, c[b11 >> 4] as number, c[b11 & 15] as number,
    c[b12 >> 4] as number, c[b12 & 15] as number, c[b13 >> 4] as number, c[b13 & 15] as number,
    c[b14 >> 4] as number, c[b14 & 15] as number, c[b15 >> 4] as number, c[b15 & 15] as number,
  ) as Uuid;
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

const TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text is that of a UUID. */
export function isUuid(text: string): text is Uuid {
  return TEXT.test(text);
}
