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
    let at = 0;
    let more = true;
    while (at < chunk.length) {
      const space = reading.space();
      const count = Math.min(space.length, chunk.length - at);
      space.set(chunk.subarray(at, at + count));
      at += count;
      more = reading.filled(count);
    }
    if (!more) {
      socket.pause();
    }
  });
  socket.resume();
  return socket;
}
