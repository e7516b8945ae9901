import { parse } from "../control.js";
import {
  EXIT_AFTER_LOSS_MS,
  readControlHere,
  startControlThread,
  type Told,
  USUAL_GRACE_MS,
} from "./control_thread.js";

/** The longest that a timer of Node can take. */
const MAX_GRACE_MS = 24 * 3600 * 1000;

/** Where the worker stands, as the control plane says. */
export type Phase =
  | { readonly kind: "running" }
  /** No new calls; those that run may go on until then, in milliseconds of `performance.now()`. */
  | { readonly kind: "draining"; readonly until: number }
  /** The parent is gone: nobody can get an answer. */
  | { readonly kind: "leaving" };

/** Hears the parent and the system's signals, and ends the process in time whatever else does. */
export class Watch {
  #phase: Phase = { kind: "running" };
  #waiting: { kind: Phase["kind"] | "any"; resolve: () => void }[] = [];
  #exitAt = Number.POSITIVE_INFINITY;
  #exit: NodeJS.Timeout | undefined;

  get phase(): Phase {
    return this.#phase;
  }

  /** Begins to hear the system's signals. */
  heedSignals(): void {
    process.on("SIGTERM", this.#terminate);
    // Ctrl-C reaches the whole group; the parent decides what it means and says so on stdin.
    process.on("SIGINT", this.#ignore);
  }

  /** Begins to hear the parent. */
  hearParent(controlThread: boolean): void {
    if (controlThread) {
      startControlThread(this.#told);
    } else {
      void readControlHere(this.#told);
    }
  }

  /** Resolves once the worker is no longer to run as before. */
  left(): Promise<void> {
    return this.#until("any");
  }

  /** Resolves once nobody can get an answer. */
  leaving(): Promise<void> {
    return this.#until("leaving");
  }

  /** Ends the process by then at the latest, in milliseconds from now. */
  exitIn(milliseconds: number): void {
    const at = performance.now() + milliseconds;
    if (at < this.#exitAt) {
      this.#exitAt = at;
      clearTimeout(this.#exit);
      this.#exit = setTimeout(() => process.exit(), milliseconds);
      this.#exit.unref();
    }
  }

  readonly #ignore = (): void => {};

  /** The first SIGTERM is `$shutdown`; one that comes while calls still end asks to end now. */
  readonly #terminate = (): void => {
    if (this.#phase.kind === "running") {
      this.#shutdown(undefined);
    } else {
      this.#leave();
    }
  };

  readonly #told = (told: Told): void => {
    if ("end" in told) {
      process.off("SIGINT", this.#ignore);
      this.#leave();
      return;
    }
    const message = parse(told.line);
    if (message.kind === "shutdown") {
      this.#shutdown(message.graceMs);
    }
  };

  #shutdown(graceMs: number | undefined): void {
    const grace = Math.min(graceMs ?? USUAL_GRACE_MS, MAX_GRACE_MS);
    if (this.#phase.kind === "running") {
      this.#set({ kind: "draining", until: performance.now() + grace });
    }
    this.exitIn(grace + EXIT_AFTER_LOSS_MS);
  }

  #leave(): void {
    // What is printed from now on may find nobody, which is no reason to end in disorder.
    process.stderr.on("error", this.#ignore);
    this.exitIn(EXIT_AFTER_LOSS_MS);
    this.#set({ kind: "leaving" });
  }

  #set(phase: Phase): void {
    this.#phase = phase;
    const waiting = this.#waiting;
    this.#waiting = waiting.filter(({ kind }) => kind !== "any" && kind !== phase.kind);
    for (const { kind, resolve } of waiting) {
      if (kind === "any" || kind === phase.kind) {
        resolve();
      }
    }
  }

  #until(kind: "any" | "leaving"): Promise<void> {
    const now = this.#phase.kind;
    if (kind === "any" ? now !== "running" : now === kind) {
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push({ kind, resolve }));
  }
}
