// What the compiler must take and refuse of callbacks, modules, tries and mapped types: `tsc` checks this file.
import { expectTypeOf, test } from "vitest";
import type { Context, Stream } from "../src/index.js";
import { check, type Timestamp } from "../src/index.js";
import {
  AloneClient,
  DeskClient,
  type DeskHandlers,
  type DeskWorkers,
  serveDesk,
  type TradingCallbacksClient,
  TradingClient,
  type TradingContext,
  type TradingEmit,
} from "./fixtures/callbacks.js";
import { Decimal, type Money } from "./fixtures/mapped.js";
import {
  Limits$,
  type LimitsInput,
  type Price,
  Price$,
  type Priced,
  type RulesClient,
  type Times,
} from "./fixtures/rules.js";

declare const desk: DeskClient;
declare const rules: RulesClient;
declare const handlers: DeskHandlers;
declare const workers: DeskWorkers;
declare const cx: TradingContext;

/** Checked, and never run. */
const checked: (() => unknown)[] = [
  () => {
    expectTypeOf(DeskClient.spawn("node", ["x"], { callbacks: handlers })).toEqualTypeOf<Promise<DeskClient>>();
    // @ts-expect-error the module requires callbacks
    DeskClient.spawn("node", ["x"]);
    // @ts-expect-error the module requires callbacks
    DeskClient.spawn("node", ["x"], {});
    // @ts-expect-error some that it requires are not there
    DeskClient.spawn("node", ["x"], { callbacks: { trading: handlers.trading } });
    DeskClient.spawn("node", ["x"], {
      callbacks: {
        ...handlers,
        trading: {
          *dataFetch({ symbol, count }, context) {
            expectTypeOf(context).toEqualTypeOf<Context>();
            yield { symbol, close: count };
          },
        },
      },
    });
    // @ts-expect-error all of them are required there
    AloneClient.spawn("node", ["x"], { callbacks: { trading: { ...handlers.trading, position: undefined } } });
    TradingClient.spawn("node");
    TradingClient.spawn("node", ["x"], { callbacks: { trading: { renamed: (value) => value + 1 } } });
    // @ts-expect-error there is no such callback
    TradingClient.spawn("node", ["x"], { callbacks: { trading: { nothing: () => {} } } });
    // @ts-expect-error its answer is a number
    TradingClient.spawn("node", ["x"], { callbacks: { trading: { renamed: () => "x" } } });
  },

  () => {
    expectTypeOf(desk.trading).toEqualTypeOf<TradingClient>();
    expectTypeOf(desk.weather.report()).resolves.toEqualTypeOf<string>();
    expectTypeOf(cx.events).toEqualTypeOf<TradingEmit>();
    expectTypeOf(cx.callbacks.trading).toEqualTypeOf<TradingCallbacksClient>();
    expectTypeOf(cx.callbacks.desk.ping()).resolves.toEqualTypeOf<void>();
    expectTypeOf(cx.callbacks.desk.audit.ready()).resolves.toEqualTypeOf<void>();
    expectTypeOf(cx.callbacks.trading.dataFetch({ symbol: "A" })).toExtend<Stream<unknown>>();
    serveDesk(workers);
    // @ts-expect-error the weather is not there
    serveDesk({ trading: workers.trading });
  },

  () => {
    rules.ask({ value: 1 }, { retries: 2, timeoutMs: 5 });
    // @ts-expect-error what is not idempotent is not sent again
    rules.enter({ word: "w", pin: "1234" }, { retries: 2 });
    // @ts-expect-error no failure of it is worth another try
    rules.again({ retries: 2 });
  },

  () => {
    expectTypeOf<Price>().toEqualTypeOf<Decimal>();
    expectTypeOf<Priced["money"]>().toEqualTypeOf<Money | null>();
    expectTypeOf<Times["exact"]>().toEqualTypeOf<Timestamp>();
    expectTypeOf<Times["text"]>().toEqualTypeOf<Date>();
    check(Price$, new Decimal("1"));
    check(Limits$, {} as LimitsInput);
    // @ts-expect-error a text is no decimal
    check(Price$, "1");
  },
];

test("the compiler has checked it", () => {
  expectTypeOf(checked).toEqualTypeOf<(() => unknown)[]>();
});
