/**
 * Sockets that are read into memory of ours.
 *
 * `onread` with a function for the buffer saves the copy and the garbage of `data` events. Node takes it for sockets
 * that it connects; for accepted ones the handle is moved into a socket that was made with it.
 *
 * @module
 */

import { connect, Socket } from "node:net";

/** Takes what a socket brings. */
export interface Reading {
  /** Where the next bytes belong; never empty. */
  space(): Uint8Array;
  /** So many bytes lie in the last space. False where nothing more may come before the socket is resumed. */
  filled(count: number): boolean;
}

/** The part of a handle of Node that decides whether it can be read into memory of ours. Private, and so looked for. */
interface Handle {
  readonly useUserBuffer?: unknown;
}

function onread(reading: Reading): { buffer: () => Uint8Array; callback: (count: number) => boolean } {
  return { buffer: () => reading.space(), callback: (count) => reading.filled(count) };
}

/** Connects to the socket at `path`. Errors are the socket's events. */
export function connectTo(path: string, reading: Reading): Socket {
  return connect({ path, onread: onread(reading) });
}

/** Reads from a socket that this process inherited. Throws where it is none. */
export function inherit(fd: number, reading: Reading): Socket {
  const options: { fd: number; readable: true; writable: true; onread: ReturnType<typeof onread> } = {
    fd,
    readable: true,
    writable: true,
    onread: onread(reading),
  };
  const socket = new Socket(options);
  socket.resume();
  return socket;
}

/** Takes over a socket that a server accepted with `pauseOnConnect`, and starts to read from it. */
export function adopt(accepted: Socket, reading: Reading): Socket {
  const shell = accepted as unknown as { _handle?: Handle | null };
  const handle = shell._handle;
  if (typeof handle?.useUserBuffer === "function") {
    shell._handle = null;
    // Without its end the server would count the connection for ever.
    accepted.destroy();
    const socket = new Socket({ handle, onread: onread(reading) } as never);
    socket.resume();
    return socket;
  }
  return readByEvents(accepted, reading);
}

/** The same by events, for a Node whose handles are other than the known ones. */
export function readByEvents(socket: Socket, reading: Reading): Socket {
  socket.on("data", (chunk: Buffer) => {
    if (!give(reading, chunk)) {
      socket.pause();
    }
  });
  socket.resume();
  return socket;
}

/** Bytes that are read at once before the reader is known. */
const EARLY = 4096;

/** Reads from a socket whose reader is not known yet: what comes before is kept, and no more of it read. */
export class Waiting implements Reading {
  #reading: Reading | undefined;
  readonly #early: Buffer[] = [];
  readonly #own: Buffer = Buffer.allocUnsafe(EARLY);
  /** The socket was told to read into memory of this, which it may do once more after the reader is known. */
  #isOwn = true;

  space(): Uint8Array {
    this.#isOwn = this.#reading === undefined;
    return this.#reading?.space() ?? this.#own;
  }

  filled(count: number): boolean {
    if (this.#reading !== undefined && !this.#isOwn) {
      return this.#reading.filled(count);
    }
    const chunk = this.#own.subarray(0, count);
    if (this.#reading === undefined) {
      this.#early.push(Buffer.from(chunk));
      return false;
    }
    return give(this.#reading, chunk);
  }

  /** From now on this reads. */
  passTo(reading: Reading, socket: Socket): void {
    this.#reading = reading;
    if (this.#early.splice(0).every((chunk) => give(reading, chunk))) {
      socket.resume();
    }
  }
}

/** Gives a reading bytes that were read elsewhere. False where nothing more may come before the socket is resumed. */
function give(reading: Reading, chunk: Uint8Array): boolean {
  let more = true;
  for (let at = 0; at < chunk.length; ) {
    const space = reading.space();
    const count = Math.min(space.length, chunk.length - at);
    space.set(chunk.subarray(at, at + count));
    at += count;
    more = reading.filled(count);
  }
  return more;
}
