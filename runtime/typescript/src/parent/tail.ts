const LINES = 20;
/** A longer line keeps its beginning. */
const LINE_BYTES = 1000;
const NEWLINE = 0x0a;

/** The last lines that a child wrote on stderr, for the errors that its end causes. */
export class Tail {
  readonly #lines: string[] = [];
  #open: Buffer = Buffer.alloc(0);

  /** Takes what came next. */
  push(bytes: Buffer): void {
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, from)) {
      this.#add(bytes.subarray(from, end));
      this.#close();
      from = end + 1;
    }
    this.#add(bytes.subarray(from));
  }

  /** The lines, the last one included even where it has no end yet. */
  lines(): string[] {
    const open = clean(this.#open);
    return open === "" ? [...this.#lines] : [...this.#lines, open];
  }

  #add(bytes: Buffer): void {
    const room = LINE_BYTES - this.#open.length;
    if (room > 0 && bytes.length > 0) {
      this.#open = Buffer.concat([this.#open, bytes.subarray(0, room)]);
    }
  }

  #close(): void {
    const line = clean(this.#open);
    this.#open = Buffer.alloc(0);
    if (line !== "") {
      this.#lines.push(line);
      if (this.#lines.length > LINES) {
        this.#lines.shift();
      }
    }
  }
}

/** Lines go into messages, where a control character would steer a terminal. */
function clean(line: Buffer): string {
  return line
    .toString()
    .trimEnd()
    .replace(/[^\P{Cc}\t]/gu, "\ufffd");
}
