/**
 * What both sides of a connection agreed on beyond the base protocol.
 *
 * @module
 */

import { within } from "../clock.js";
import { EXTENSIONS } from "../constants.js";
import { ProcwireError } from "../error.js";

/** An extension of the protocol. */
export type ExtensionName = (typeof EXTENSIONS.names)[number];

/** The names that both lists have. `callbacks` needs `meta`. */
export function inCommon(ours: readonly string[], theirs: readonly string[]): ExtensionName[] {
  const common = EXTENSIONS.names.filter((name) => ours.includes(name) && theirs.includes(name));
  return common.includes("meta") ? common : common.filter((name) => name !== "callbacks");
}

/** What a user is told who needs an extension that is not in force. */
const NEEDS = {
  meta: "takes no metadata",
  callbacks: "answers no callbacks",
} as const;

/** The extensions in force on one connection. A child learns of them with the first frame. */
export class Extensions {
  meta = false;
  callbacks = false;
  credit = false;
  /** The peer wants to be told where handlers of this side fail. */
  tracebacks = false;
  /** What the peer may send of a stream that this side receives. */
  readonly window: number;
  /** What this side may send of a stream that the peer receives. */
  peerWindow: number = EXTENSIONS.window;
  /** How the peer is called in messages. */
  readonly #peer: string;
  #settled = false;
  /** The peer agreed on extensions, be it on none. */
  #agreed = false;
  #waiting: (() => void)[] = [];

  constructor(role: "parent" | "child", window: number) {
    this.window = Math.min(Math.max(Math.floor(window), 1), 0xffff_ffff);
    this.#peer = role === "parent" ? "worker" : "parent";
  }

  /** Whether it is known what is in force. */
  get settled(): boolean {
    return this.#settled;
  }

  /** These are in force from now on. */
  agree(names: readonly ExtensionName[], peerWindow: number | undefined): void {
    this.meta = names.includes("meta");
    this.callbacks = this.meta && names.includes("callbacks");
    this.credit = names.includes("credit");
    this.peerWindow = peerWindow ?? this.peerWindow;
    this.#agreed = true;
    this.settle();
  }

  /** What is in force now is so for the whole connection. */
  settle(): void {
    this.#settled = true;
    for (const run of this.#waiting.splice(0)) {
      run();
    }
  }

  /** Runs this once it is known what is in force: when the first frame has come, and before anything else is done with it. */
  onSettled(run: () => void): void {
    if (this.#settled) {
      run();
    } else {
      this.#waiting.push(run);
    }
  }

  /** Resolves once it is known what is in force, or the peer has been silent for too long. */
  async known(): Promise<void> {
    if (this.#settled) {
      return;
    }
    await within(EXTENSIONS.firstFrameMs, new Promise<void>((resolve) => this.onSettled(resolve)));
  }

  /** Why `what` cannot be done without an extension. */
  missing(name: keyof typeof NEEDS, what: string): ProcwireError {
    const { published, silent } =
      this.#peer === "parent"
        ? { published: "@procwire/core", silent: "the parent has sent nothing yet, so that it is not known whether it" }
        : { published: "@procwire/client", silent: "" };
    const lacks = NEEDS[name];
    if (!this.#settled) {
      const message = `${what}: ${silent} ${lacks.replace("takes no", "takes").replace("answers no", "answers")}`;
      return new ProcwireError("unsupported", message);
    }
    const who = this.#agreed
      ? `the ${this.#peer} ${lacks}`
      : `the ${this.#peer} speaks the base protocol alone, as ${published} does, and ${lacks}`;
    return new ProcwireError("unsupported", `${what}: ${who}`);
  }
}
