import { expect, test } from "vitest";

import { limits as codec } from "../src/codec/index.js";
import * as constants from "../src/constants.js";
import { vectors } from "./support/vectors.js";

test("the numbers are those of the protocol, all of them", () => {
  const { about: _, ...expected } = vectors<Record<string, unknown>>("constants.json");
  expect({
    frame: {
      headerLength: constants.HEADER_LENGTH,
      defaultPayloadLimit: constants.DEFAULT_PAYLOAD_LIMIT,
      maximumPayloadLimit: constants.MAXIMUM_PAYLOAD_LIMIT,
    },
    ids: {
      invalid: constants.ID_INVALID,
      reserved: constants.ID_RESERVED,
      hello: constants.ID_HELLO,
      credit: constants.ID_CREDIT,
      authenticate: constants.ID_AUTHENTICATE,
      abort: constants.ID_ABORT,
    },
    flags: {
      toParent: constants.FLAG_TO_PARENT,
      response: constants.FLAG_RESPONSE,
      error: constants.FLAG_ERROR,
      stream: constants.FLAG_STREAM,
      streamEnd: constants.FLAG_STREAM_END,
      ack: constants.FLAG_ACK,
      reserved: constants.FLAGS_RESERVED,
    },
    kinds: constants.KINDS,
    codes: constants.FAILURE_CODES,
    declared: constants.DECLARED,
    responses: constants.RESPONSES,
    limits: constants.LIMITS,
    timeoutsMs: constants.TIMEOUTS_MS,
    structure: {
      depth: codec.DEPTH,
      containerCost: codec.CONTAINER_COST,
      scalarCost: codec.SCALAR_COST,
      budgetBase: codec.BUDGET_BASE,
      budgetFactor: codec.BUDGET_FACTOR,
    },
    values: {
      durationMaxUs: codec.DURATION_MAX_US,
      timestampMinS: codec.TIMESTAMP_MIN_S,
      timestampMaxS: codec.TIMESTAMP_MAX_S,
      forbiddenKey: codec.FORBIDDEN_KEY,
    },
    control: constants.CONTROL,
    extensions: constants.EXTENSIONS,
  }).toEqual(expected);
});
