/**
 * Who may be the parent: the first that shows the token, or without one the first that can reach the socket.
 *
 * @module
 */

import { timingSafeEqual } from "node:crypto";
import type { Socket } from "node:net";
import { adopt, type Reading } from "../connection/transport.js";
import { CONTROL, HEADER_LENGTH, ID_AUTHENTICATE, TIMEOUTS_MS } from "../constants.js";

/** Takes the parent: `take` gives its socket, from which the reading reads from then on. */
export type Enter = (take: (reading: Reading) => Socket) => void;

/** Lets the parent in, once. */
export class Admission {
  readonly #token: Buffer | undefined;
  readonly #enter: Enter;
  readonly #patienceMs: number;
  readonly #trials = new Set<Trial>();
  /** More strangers than are heard at the same time; they wait unread. */
  readonly #queue: Socket[] = [];
  #over = false;

  constructor(token: string | undefined, enter: Enter, patienceMs: number = TIMEOUTS_MS.pendingPeer) {
    this.#token = token === undefined ? undefined : Buffer.from(token);
    this.#enter = enter;
    this.#patienceMs = patienceMs;
  }

  /** Somebody connected to the worker's socket, and is paused. */
  readonly knock = (socket: Socket): void => {
    if (this.#over) {
      socket.destroy();
    } else if (this.#token === undefined) {
      this.end();
      this.#enter((reading) => adopt(socket, reading));
    } else if (this.#trials.size < CONTROL.pendingPeers) {
      this.#try(socket, this.#token);
    } else {
      this.#queue.push(socket);
    }
  };

  /** Nobody is let in any more; strangers are dropped. */
  end(): void {
    this.#over = true;
    for (const trial of this.#trials) {
      trial.drop();
    }
    this.#trials.clear();
    for (const socket of this.#queue.splice(0)) {
      socket.destroy();
    }
  }

  #try(socket: Socket, token: Buffer): void {
    const trial = new Trial(
      (reading) => adopt(socket, reading),
      token,
      this.#patienceMs,
      (shown) => {
        this.#trials.delete(trial);
        if (shown && !this.#over) {
          this.end();
          this.#enter((reading) => trial.passTo(reading));
          return;
        }
        trial.drop();
        const next = this.#queue.shift();
        if (next !== undefined) {
          this.knock(next);
        }
      },
    );
    this.#trials.add(trial);
  }
}

/**
 * Lets the parent in at a socket that only it can have: a wrong token there is the end.
 *
 * @param open makes the socket, which reads into what it is given
 */
export function admitOne(open: (reading: Reading) => Socket, token: string, enter: Enter, refuse: () => void): void {
  const trial = new Trial(open, Buffer.from(token), undefined, (shown, isGone) => {
    if (shown) {
      enter((reading) => trial.passTo(reading));
      return;
    }
    trial.drop();
    // A parent that is gone is heard of elsewhere.
    if (!isGone) {
      refuse();
    }
  });
}

/** One stranger who may show the token: its first frame is read, and no byte beyond it. */
class Trial implements Reading {
  readonly socket: Socket;
  readonly #token: Buffer;
  readonly #frame: Buffer;
  readonly #judge: (shown: boolean, isGone: boolean) => void;
  readonly #patience: NodeJS.Timeout | undefined;
  #filled = 0;
  #judged = false;
  #reading: Reading | undefined;

  constructor(
    open: (reading: Reading) => Socket,
    token: Buffer,
    patienceMs: number | undefined,
    judge: (shown: boolean, isGone: boolean) => void,
  ) {
    this.#token = token;
    this.#frame = Buffer.alloc(HEADER_LENGTH + token.length);
    this.#judge = judge;
    this.#patience = patienceMs === undefined ? undefined : setTimeout(() => this.#decide(false), patienceMs);
    this.socket = open(this);
    this.socket.on("error", this.#gone);
    this.socket.on("close", this.#gone);
  }

  space(): Uint8Array {
    return this.#reading?.space() ?? this.#frame.subarray(this.#filled);
  }

  filled(count: number): boolean {
    if (this.#reading !== undefined) {
      return this.#reading.filled(count);
    }
    this.#filled += count;
    const frame = this.#frame;
    const fits =
      this.#filled < HEADER_LENGTH ||
      (frame.readUInt16BE(0) === ID_AUTHENTICATE && frame.readUInt32BE(7) === this.#token.length);
    if (!fits) {
      this.#decide(false);
      return false;
    }
    if (this.#filled === frame.length) {
      this.#decide(timingSafeEqual(frame.subarray(HEADER_LENGTH), this.#token));
      return this.#reading !== undefined;
    }
    return true;
  }

  /** From now on this reads. */
  passTo(reading: Reading): Socket {
    this.#reading = reading;
    return this.socket;
  }

  drop(): void {
    clearTimeout(this.#patience);
    this.#judged = true;
    this.socket.destroy();
  }

  readonly #gone = (): void => this.#decide(false, true);

  #decide(shown: boolean, isGone = false): void {
    if (this.#judged) {
      return;
    }
    this.#judged = true;
    clearTimeout(this.#patience);
    this.socket.off("error", this.#gone);
    this.socket.off("close", this.#gone);
    if (!shown) {
      // What breaks on its way out has nobody to be told to.
      this.socket.on("error", () => {});
    }
    this.#judge(shown, isGone);
  }
}
