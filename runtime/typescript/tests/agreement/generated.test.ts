/** What generated code carries of its schema says the same as what is computed from it. */

import { describe, expect, test } from "vitest";

import { eventFingerprint, methodFingerprint, readForm } from "../../src/agreement/index.js";
import { fingerprintOf } from "../../src/fingerprint.js";
import type { CallbacksDescriptor, ModuleDescriptor, Schema, ServiceDescriptor } from "../../src/stub_v1.js";
import * as callbacks from "../fixtures/callbacks.js";
import * as desk from "../fixtures/desk.js";
import * as ext from "../fixtures/ext.js";
import * as extra from "../fixtures/extra.js";
import * as globals from "../fixtures/globals.js";
import * as packages from "../fixtures/packages/acme/trading/desk.js";
import * as shared from "../fixtures/packages/shared/audit.js";
import * as rules from "../fixtures/rules.js";

type Exports = Readonly<Record<string, unknown>>;

const isService = (value: unknown): value is ServiceDescriptor =>
  "methods" in Object(value) && "events" in Object(value);
const isModule = (value: unknown): value is ModuleDescriptor =>
  "services" in Object(value) && "requires" in Object(value);

const FILES: Exports = { callbacks, desk, ext, extra, globals, packages, rules, shared };
const files = Object.entries(FILES).map(([name, exports]) => {
  const all = Object.values(exports as Exports);
  return { name, services: all.filter(isService), modules: all.filter(isModule) };
});
const all = files.flatMap(({ name, services, modules }) => [
  ...services.map((service) => ({ file: name, ...service, services: [service] })),
  ...modules.map(({ services, ...module }) => ({
    file: name,
    ...module,
    services: services.map((one) => one.service),
  })),
]);

describe.each(all)("$file: $name", ({ schema, services, callbacks = [] }) => {
  const of = readForm((schema as Schema).value());

  test("each method has the fingerprint of its shape", () => {
    for (const { name, methods } of services) {
      for (const { wire, fp } of methods) {
        const found = of.methods.find((method) => method.service === name && method.name === wire);
        expect(found, wire).toBeDefined();
        expect(found && methodFingerprint(of, found), wire).toBe(fp);
      }
    }
  });

  test("so have each event and each callback", () => {
    for (const { name, events } of services) {
      for (const { wire, fp } of events) {
        const found = of.events.find((event) => event.service === name && event.name === wire);
        expect(found && eventFingerprint(of, found), wire).toBe(fp);
      }
    }
    for (const { wire, fp } of callbacks.flatMap(({ methods }: CallbacksDescriptor) => methods)) {
      const found = of.callbacks.find((callback) => callback.name === wire);
      expect(found && methodFingerprint(of, found), wire).toBe(fp);
    }
  });

  test("the whole has that of all members", () => {
    const method = of.methods.map((one) => ({ wire: one.name, fp: methodFingerprint(of, one) }));
    const event = of.events.map((one) => ({ wire: one.name, fp: eventFingerprint(of, one) }));
    const callback = of.callbacks.map((one) => ({ wire: one.name, fp: methodFingerprint(of, one) }));
    expect(fingerprintOf({ method, event, callback })).toBe(schema?.fingerprint);
    expect(of.package).toBe(schema?.package);
  });
});

test("there are modules, callbacks and events among them", () => {
  expect(all.length).toBeGreaterThanOrEqual(files.length);
  expect(files.some(({ modules }) => modules.length > 0)).toBe(true);
  expect(all.some(({ callbacks = [] }) => callbacks.length > 0)).toBe(true);
});
