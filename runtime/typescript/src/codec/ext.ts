/** Extensions that have no meaning of their own here. */

/** An extension of MsgPack as it came, in a value of the type `any`. */
export class Ext {
  /** The extension's code, from -128 to 127. */
  readonly code: number;
  /** Its data. */
  readonly data: Uint8Array;

  /** @throws {RangeError} where the code does not fit 8 bits */
  constructor(code: number, data: Uint8Array) {
    if (!Number.isInteger(code) || code < -128 || code > 127) {
      throw new RangeError(`expected an extension code from -128 to 127, got ${code}`);
    }
    this.code = code;
    this.data = data;
  }
}
