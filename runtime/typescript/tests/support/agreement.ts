import { eventFingerprint, methodFingerprint, readForm } from "../../src/agreement/index.js";
import * as $ from "../../src/stub_v1.js";
import { event, method } from "./services.js";

/** A form of a test, and what is peculiar about the program that is made from it. */
export interface Made {
  /** The interchange form; every payload is any value, whatever it says. */
  readonly form: object;
  /** The service of the form that is meant; that of its members by default. */
  readonly service?: string;
  /** The callbacks that its module cannot do without. */
  readonly required?: readonly string[];
}

/** A schema of this form. */
export function schemaOf(form: object): $.Schema {
  return $.schema({ package: "test", fingerprint: "0000000000000000", form: JSON.stringify(form) });
}

/** The service that generated code would declare for a form. */
export function serviceOf(
  { form, service = "S" }: Made,
  schema: $.Schema | null = schemaOf(form),
): $.ServiceDescriptor {
  const of = readForm(form);
  const fp = (found: string | undefined): { readonly fp?: string } => (found === undefined ? {} : { fp: found });
  const namespaces = new Set(of.callbacks.map((callback) => callback.service));
  return {
    name: service,
    methods: of.methods
      .filter((one) => one.service === service)
      .map((one) => method(one.name, one.response, fp(methodFingerprint(of, one)))),
    events: of.events
      .filter((one) => one.service === service)
      .map((one) => event(one.name, fp(eventFingerprint(of, one)))),
    callbacks: [...namespaces].map((namespace) => ({
      path: [namespace],
      methods: of.callbacks
        .filter((one) => one.service === namespace)
        .map((one) => {
          const wire = one.name;
          return {
            ...method(wire, one.response, fp(methodFingerprint(of, one))),
            name: wire.slice(namespace.length + 1),
          };
        }),
    })),
    ...(schema === null ? {} : { schema }),
  };
}

/** What answers every method of a service with what it got. */
export function echo({ methods }: $.ServiceDescriptor): Record<string, (value: unknown) => unknown> {
  return Object.fromEntries(methods.map(({ name }) => [name, (value: unknown) => value]));
}
