/**
 * The schema that generated code was made from, as it carries it.
 *
 * @module
 */

/** What generated code says of its schema. */
export interface SchemaDescriptor {
  /** The package, where it has a name. */
  readonly package?: string;
  /** The fingerprint over those of all members. */
  readonly fingerprint: string;
  /** The interchange form, as JSON. */
  readonly form: string;
}

/** A schema. Two programs that differ compare theirs. */
export interface Schema extends SchemaDescriptor {
  /** The interchange form, which is parsed when it is first asked for. */
  value(): unknown;
}

/** A schema from its description. */
export function schema(descriptor: SchemaDescriptor): Schema {
  let parsed: unknown;
  return {
    ...descriptor,
    value() {
      parsed ??= JSON.parse(descriptor.form);
      return parsed;
    },
  };
}
