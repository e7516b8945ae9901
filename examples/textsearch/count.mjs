// Counts the frames that a module reads and writes, by looking at the bytes of its socket.
import { Module } from "@procwire/core";

const HEADER = 11;

// Frames of a direction, as their bytes come.
class Counter {
  frames = 0;
  #header = Buffer.alloc(0);
  #body = 0;

  push(bytes) {
    let rest = bytes;
    while (rest.length > 0) {
      const skipped = Math.min(this.#body, rest.length);
      this.#body -= skipped;
      rest = rest.subarray(skipped);
      if (this.#body > 0 || rest.length === 0) return;
      const missing = HEADER - this.#header.length;
      this.#header = Buffer.concat([this.#header, rest.subarray(0, missing)]);
      rest = rest.subarray(missing);
      if (this.#header.length < HEADER) return;
      this.frames += 1;
      this.#body = this.#header.readUInt32BE(7);
      this.#header = Buffer.alloc(0);
    }
  }
}

export class CountedModule extends Module {
  read = new Counter();
  written = new Counter();

  // The package hands each new socket to its module here.
  _attachDataChannel(socket) {
    socket.on("data", (bytes) => this.read.push(bytes));
    const write = socket.write.bind(socket);
    socket.write = (bytes, ...rest) => {
      this.written.push(bytes);
      return write(bytes, ...rest);
    };
    super._attachDataChannel(socket);
  }
}
