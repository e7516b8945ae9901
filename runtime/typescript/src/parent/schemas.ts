/**
 * Whether a child that was made from another schema can be worked with.
 *
 * Fingerprints say whether there is anything to look at. Only then both schemas are read and compared.
 *
 * @module
 */

import type { Interface } from "../agreement/index.js";
import { any, type Codec, DecodeError, nothing } from "../codec/index.js";
import { closeSentence } from "../connection/closing.js";
import type { Connection } from "../connection/connection.js";
import { remoteMethod } from "../connection/remote_method.js";
import type { Init } from "../control.js";
import { ProcwireError, sentence } from "../error.js";
import type { Schema } from "../schema.js";
import type { ServiceDescriptor } from "../service.js";

/** Bytes of a schema that is read. */
const LARGEST = 64 * 1024 * 1024;

/** Members that are another thing to this program than to the child. */
export interface Difference {
  /** The schema that this program has them from. */
  readonly schema: Schema | undefined;
  /** The services that they belong to; a schema may have others with members of the same names. */
  readonly services: Set<string>;
  readonly methods: Set<string>;
  readonly events: Set<string>;
  readonly callbacks: Set<string>;
}

/** What differs, by the schema that it is from, and how it is called in messages. */
export interface Differences {
  readonly all: readonly Difference[];
  readonly names: readonly string[];
}

/** Whether both sides say a fingerprint, and another one. */
export function differs(own: string | undefined, announced: { readonly fp: string | undefined } | undefined): boolean {
  return own !== undefined && announced?.fp !== undefined && own !== announced.fp;
}

/**
 * Finds the members that differ.
 *
 * @param paths The callbacks that differ, of those that this program answers.
 * @param schema The schema that the callbacks are from.
 */
export function differences(
  init: Init,
  services: readonly ServiceDescriptor[],
  paths: readonly string[],
  schema: Schema | undefined,
): Differences {
  const all = new Map<Schema | undefined, Difference>();
  const names: string[] = [];
  const of = (schema: Schema | undefined): Difference => {
    const known = all.get(schema);
    const found = known ?? { schema, services: new Set(), methods: new Set(), events: new Set(), callbacks: new Set() };
    all.set(schema, found);
    return found;
  };
  for (const service of services) {
    const found = (): Difference => {
      const difference = of(service.schema);
      difference.services.add(service.name);
      return difference;
    };
    for (const { wire } of service.methods.filter((one) => differs(one.fp, init.methods.get(one.wire)))) {
      found().methods.add(wire);
      names.push(`${service.name}.${wire}`);
    }
    for (const { wire } of service.events.filter((one) => differs(one.fp, init.events.get(one.wire)))) {
      found().events.add(wire);
      names.push(`${service.name}.${wire}`);
    }
  }
  for (const path of paths) {
    of(schema).callbacks.add(path);
    names.push(path);
  }
  return { all: [...all.values()], names };
}

/** Asks the child for its schema and compares. Resolves with the reason where the two cannot work together. */
export async function disagreement(
  { all, names }: Differences,
  init: Init,
  connection: Connection,
  timeoutMs: number,
): Promise<string | undefined> {
  const differ = `its schema differs from this program's in ${names.join(", ")}`;
  const asked = await ask(init, connection, timeoutMs);
  if ("reason" in asked) {
    return `${differ}, and it does not say how: ${asked.reason}`;
  }
  const { clashes, readForm } = await import("../agreement/index.js");
  let worker: Interface;
  try {
    worker = readForm(asked.form);
  } catch (error) {
    return `${differ}, and it does not say how: its \`$schema\` cannot be used: ${sentence(error)}`;
  }
  const lines: string[] = [];
  for (const { schema, services, ...members } of all) {
    if (schema === undefined) {
      return `${differ}, and this program does not carry its own`;
    }
    try {
      const own = readForm(schema.value());
      const methods = own.methods.filter(({ service }) => services.has(service));
      const events = own.events.filter(({ service }) => services.has(service));
      lines.push(...clashes({ ...own, methods, events }, worker, members));
    } catch (error) {
      return `${differ}: ${sentence(error)}`;
    }
  }
  return lines.length === 0
    ? undefined
    : `its schema does not agree with this program's:${lines.map((line) => `\n    ${line}`).join("")}`;
}

/** What the child answers, or why it does not. */
async function ask(
  init: Init,
  connection: Connection,
  timeoutMs: number,
): Promise<{ readonly form: unknown } | { readonly reason: string }> {
  const found = init.methods.get("$schema");
  if (found === undefined) {
    return { reason: "it has no `$schema`" };
  }
  const method = remoteMethod("$schema", SCHEMA, found, timeoutMs);
  const answer = connection.calling.call(method, undefined, { timeoutMs }).then(
    (form) => ({ form }),
    (error: unknown) => ({ reason: refusal(error, timeoutMs) }),
  );
  const over = connection.closed.then((reason) => ({ reason: closeSentence(reason) }));
  return Promise.race([answer, over]);
}

function refusal(error: unknown, timeoutMs: number): string {
  const isLate = error instanceof ProcwireError && error.code === "deadline_exceeded";
  return isLate ? `its \`$schema\` is not answered within ${Math.ceil(timeoutMs)} ms` : sentence(error);
}

/** Any value of a sane size. */
const bounded: Codec<unknown, never> = {
  decode(r) {
    if (r.end - r.pos > LARGEST) {
      throw new DecodeError("budget", `expected a schema of at most ${LARGEST} bytes, got ${r.end - r.pos}`);
    }
    return any.decode(r);
  },
  encode(): never {
    throw new TypeError("a schema of a child is not written");
  },
};

const SCHEMA = {
  name: "$schema",
  wire: "$schema",
  response: "result",
  parameters: "none",
  request: nothing,
  answer: bounded,
} as const;
