/**
 * The agreement on schemas: what two programs do to each other that were made from different ones.
 *
 * It is loaded where two programs differ, and not before.
 *
 * @module
 */

export { eventFingerprint, methodFingerprint } from "./canonical.js";
export { Entangled } from "./compare.js";
export { readForm } from "./form.js";
export type { Interface } from "./interface.js";
export { clashes, compare, compareMembers, type Members } from "./members.js";
export { FormError } from "./node.js";
export type { Change, Effect, Rule } from "./verdict.js";
