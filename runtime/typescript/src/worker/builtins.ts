import { any } from "../codec/index.js";
import type { Connection } from "../connection/connection.js";
import type { ServedMethod } from "../connection/served_call.js";
import { EXTENSIONS } from "../constants.js";
import { rawUnit } from "../raw.js";

/** What a worker says of itself. */
export interface Health {
  /** Whether it takes work. */
  readonly ready: boolean;
  /** Handlers that run. */
  readonly running: number;
  /** Requests that wait for one to end. */
  readonly waiting: number;
}

/** The methods that every worker has besides those of its services. */
export function builtins(isReady: (() => boolean) | undefined, connection: () => Connection): readonly ServedMethod[] {
  return [
    {
      name: "$health",
      id: EXTENSIONS.builtins.$health,
      service: "",
      wire: "$health",
      kind: "result",
      raw: false,
      // It takes anything.
      request: rawUnit as ServedMethod["request"],
      answer: any as ServedMethod["answer"],
      errors: [],
      isBuiltin: true,
      events: undefined,
      run: (): Health => {
        const { intake, running, waiting } = connection().serving;
        return { ready: intake === "open" && (isReady?.() ?? true), running, waiting };
      },
    },
  ];
}
