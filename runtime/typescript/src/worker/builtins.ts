import { any, type Codec } from "../codec/index.js";
import type { Connection } from "../connection/connection.js";
import type { ServedMethod } from "../connection/served_call.js";
import { EXTENSIONS } from "../constants.js";
import { rawUnit } from "../raw.js";
import type { Schema } from "../schema.js";

/** What a worker says of itself. */
export interface Health {
  /** Whether it takes work. */
  readonly ready: boolean;
  /** Handlers that run. */
  readonly running: number;
  /** Requests that wait for one to end. */
  readonly waiting: number;
}

/** The runtime's own methods. */
export type BuiltinName = keyof typeof EXTENSIONS.builtins;

function builtin(wire: BuiltinName, answer: Codec<unknown, never>, run: () => unknown): ServedMethod {
  return {
    name: wire,
    id: EXTENSIONS.builtins[wire],
    service: "",
    wire,
    kind: "result",
    raw: false,
    // It takes anything.
    request: rawUnit as ServedMethod["request"],
    answer: answer as ServedMethod["answer"],
    errors: [],
    isBuiltin: true,
    events: undefined,
    run,
  };
}

/** The methods that a worker has besides those of its services, which are given by name. */
export function builtins(
  schemas: readonly Schema[],
  services: ReadonlySet<string>,
  isReady: (() => boolean) | undefined,
  connection: () => Connection,
): readonly (ServedMethod & { readonly wire: BuiltinName })[] {
  const health = builtin("$health", any, (): Health => {
    const { intake, running, waiting } = connection().serving;
    return { ready: intake === "open" && (isReady?.() ?? true), running, waiting };
  });
  const all = schemas.length === 0 ? [health] : [health, builtin("$schema", any, () => formOf(schemas, services))];
  return all as (ServedMethod & { readonly wire: BuiltinName })[];
}

/** The interchange form of all schemas together, with the members of these services alone. */
async function formOf(schemas: readonly Schema[], services: ReadonlySet<string>): Promise<unknown> {
  const forms = schemas.map((schema) => schema.value());
  // Few workers serve what several files describe, and fewer are asked.
  const form = forms.length === 1 ? forms[0] : (await import("../agreement/merge.js")).mergeForms(forms);
  const { methods = [], events = [], ...rest } = form as Members;
  const served = ({ service }: { readonly service: string }): boolean => services.has(service);
  return { ...rest, methods: methods.filter(served), events: events.filter(served) };
}

/** What is looked at of a form that generated code carries. */
interface Members {
  readonly methods?: readonly { readonly service: string }[];
  readonly events?: readonly { readonly service: string }[];
}
