// Workers that were made from the schemas of the first argument; the second says what is wrong with them.
import { bind, serve } from "procwire";

import type * as $ from "../../src/stub_v1.js";
import { echo, type Made, schemaOf, serviceOf } from "../support/agreement.js";

const [, , made = "[]", how = ""] = process.argv;

/** A schema that answers something else. */
function schema(form: object): $.Schema | null {
  const own = schemaOf(form);
  const says = (value: () => unknown): $.Schema => ({ ...own, value });
  switch (how) {
    case "none":
      return null;
    case "never":
      return says(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
    case "throws":
      return says(() => {
        throw new Error("the schema is lost");
      });
    case "exits":
      return says(() => process.exit(7));
    case "malformed":
      return says(() => ({ ipc: 1, types: [{ name: 7 }] }));
    case "no map":
      return says(() => ({ ipc: 1, types: new Map([[1, 2]]) }));
    case "huge":
      return says(() => ({ ipc: 1, package: "x".repeat(65 * 1024 * 1024) }));
    case "deep": {
      let type: unknown = "u8";
      for (let level = 0; level < 80; level++) type = { list: type };
      return says(() => ({ ipc: 1, types: [{ name: "A", is: type }] }));
    }
    case "circle":
      return says(() => ({ ipc: 1, types: [{ name: "A", is: 0 }] }));
    default:
      return own;
  }
}

const services = (JSON.parse(made) as Made[]).map((one) => serviceOf(one, schema(one.form)));
serve(services.map((service) => bind(service as $.Service<never, object, unknown, unknown>, echo(service))));
