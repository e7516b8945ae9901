import type { ExtensionName } from "../../src/index.js";
import { ExtClient, type TradingCallbacks } from "../fixtures/ext.js";
import { workerPath } from "./build.js";

/** How a worker of the tests of extensions differs. */
export interface Ways {
  readonly ways?: string;
  readonly offers?: readonly ExtensionName[];
  readonly childLimits?: Record<string, number>;
}

type Options = NonNullable<Parameters<typeof ExtClient.spawn>[2]>;

/** The environment of such a worker. */
export function environment({ ways, offers, childLimits }: Ways): Record<string, string> {
  return {
    ...(ways === undefined ? {} : { EXT_WAYS: ways }),
    ...(offers === undefined ? {} : { EXT_EXTENSIONS: `${offers.join(",")},` }),
    ...(childLimits === undefined ? {} : { EXT_LIMITS: JSON.stringify(childLimits) }),
  };
}

/** Starts such a worker. */
export function spawnExt(options: Partial<Options> & Ways = {}): Promise<ExtClient> {
  const { ways: _, offers: __, childLimits: ___, ...rest } = options;
  return ExtClient.spawn("node", [workerPath("ext")], {
    onStderr() {},
    ...rest,
    env: { ...environment(options), ...rest.env },
  });
}

/** Candles whose closes are 1, 2, 3 and so on. */
export function* candles(count: number): Generator<{ at: bigint; close: number }> {
  for (let i = 1; i <= count; i++) {
    yield { at: BigInt(i), close: i };
  }
}

/** What most tests answer. */
export const usual: Pick<TradingCallbacks, "dataFetch" | "position"> = {
  dataFetch: ({ count }) => candles(count),
  position: ({ account }) => account.length,
};
