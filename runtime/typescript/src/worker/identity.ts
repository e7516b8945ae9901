import type { Identity } from "../control.js";
import { fingerprintOf, type Kind, type Printed } from "../fingerprint.js";
import type { Needs } from "./binding.js";

/** What a worker of these members says of its schema; `undefined` where it knows none. */
export function identityOf(
  { schemas, module }: Needs,
  members: Readonly<Record<Kind, readonly Printed[]>>,
): Identity | undefined {
  const [first] = schemas;
  return first === undefined ? undefined : { package: first.package, module, fingerprint: fingerprintOf(members) };
}
