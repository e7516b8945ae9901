// What the compiler must take, and what it must refuse: `tsc` checks this file, `expectTypeOf` says what is meant.
import { expectTypeOf, test } from "vitest";

import type { Context, EventSource, Exit, Peer, Serving, SpawnError, Stream, Subscription } from "../src/index.js";
import { bind, isProcwireError, serve } from "../src/index.js";
import {
  type Ack,
  Desk,
  DeskClient,
  type DeskEmit,
  type DeskWorker,
  type Order,
  serveDesk,
  Trouble,
  type TroubleData,
  Weather,
  WeatherClient,
  type WeatherEmit,
} from "./fixtures/desk.js";

declare const desk: DeskClient;
declare const worker: DeskWorker;

/** Checked, and never run. */
const checked: (() => unknown)[] = [
  () => {
    expectTypeOf(DeskClient.spawn("node", ["desk.js"])).toEqualTypeOf<Promise<DeskClient>>();
    DeskClient.spawn("node", [], {
      on: {
        progress: (event) => expectTypeOf(event.percent).toEqualTypeOf<number>(),
        filled: ({ id }) => void (id satisfies bigint),
      },
      heartbeat: { intervalMs: 1, timeoutMs: 1 },
    });
    // @ts-expect-error there is no such event
    DeskClient.spawn("node", [], { on: { nothing: () => {} } });
    // @ts-expect-error the payload is another
    DeskClient.spawn("node", [], { on: { filled: (event: { job: string }) => event.job } });
    // @ts-expect-error there is no such option
    DeskClient.spawn("node", [], { timeout: 5 });
    expectTypeOf(WeatherClient.attach(desk)).toEqualTypeOf<WeatherClient>();
    // @ts-expect-error this is no client
    WeatherClient.attach({});
  },

  () => {
    expectTypeOf(desk.place({ order: { id: 1n, symbol: "A" } })).resolves.toEqualTypeOf<Ack>();
    expectTypeOf(desk.swap({ id: 1n, symbol: "A", note: undefined })).resolves.toEqualTypeOf<Order>();
    expectTypeOf(desk.quotes({ symbols: ["A"] as const })).toEqualTypeOf<Stream<Ack>>();
    expectTypeOf(desk.ping({ timeoutMs: 5, signal: AbortSignal.abort() })).resolves.toEqualTypeOf<void>();
    expectTypeOf(desk.find()).resolves.toEqualTypeOf<readonly string[]>();
    expectTypeOf(desk.find({ limit: undefined })).resolves.toEqualTypeOf<readonly string[]>();
    // @ts-expect-error an id is a bigint
    desk.place({ order: { id: 1, symbol: "A" } });
    // @ts-expect-error the order is not there
    desk.place({});
    // @ts-expect-error the arguments are not there
    desk.place();
    // @ts-expect-error the second are options
    desk.find({ limit: 1 }, { limit: 1 });
    // @ts-expect-error a stream is no promise
    desk.quotes({ symbols: [] }).then();
  },

  async () => {
    expectTypeOf(desk.events.filled).toEqualTypeOf<EventSource<Ack>>();
    expectTypeOf(desk.events.idle.subscribe()).toEqualTypeOf<Subscription<undefined>>();
    for await (const event of desk.events.progress) {
      expectTypeOf(event).toEqualTypeOf<{ readonly job: string; readonly percent: number }>();
    }
    for await (const ack of desk.quotes({ symbols: [] })) {
      expectTypeOf(ack).toEqualTypeOf<Ack>();
    }
    // @ts-expect-error there is no such event
    desk.events.nothing;
    expectTypeOf(desk.peer).toEqualTypeOf<Peer>();
    expectTypeOf(desk.peer.exited).resolves.toEqualTypeOf<Exit>();
    expectTypeOf(desk.shutdown()).resolves.toEqualTypeOf<void>();
    expectTypeOf(desk).toExtend<AsyncDisposable>();
  },

  (error: unknown = undefined) => {
    if (error instanceof Trouble) {
      expectTypeOf(error.code).toEqualTypeOf<"declared">();
      expectTypeOf(error.data).toEqualTypeOf<TroubleData>();
      if (error.data.type === "OutOfLuck") {
        expectTypeOf(error.data.tries).toEqualTypeOf<number>();
      }
    }
    if (isProcwireError(error, "unavailable")) {
      expectTypeOf(error.data).toEqualTypeOf<unknown>();
    }
    expectTypeOf<SpawnError["kind"]>().toExtend<string>();
    new Trouble({ type: "Closed" });
    // @ts-expect-error there is no such variant
    new Trouble({ type: "Open" });
    // @ts-expect-error the variant has a field
    new Trouble({ type: "OutOfLuck" });
  },

  () => {
    expectTypeOf(serveDesk(worker)).toEqualTypeOf<Serving<DeskEmit>>();
    expectTypeOf(serveDesk(worker).events.filled({ id: 1n, accepted: true })).resolves.toEqualTypeOf<void>();
    const both = serve([bind(Desk, worker), bind(Weather, { tell: ({ place }) => place })], { controlThread: false });
    expectTypeOf(both.events).toExtend<DeskEmit & WeatherEmit>();
    expectTypeOf(both.eventsOf(Weather)).toEqualTypeOf<WeatherEmit>();
    // @ts-expect-error `tell` is not there
    bind(Weather, {});
    // @ts-expect-error `tell` answers with a text
    bind(Weather, { tell: () => 7 });
    const own: Pick<DeskWorker, "place" | "quotes" | "ping"> = {
      async place({ order, dry_run }, cx) {
        expectTypeOf(order).toEqualTypeOf<Order>();
        expectTypeOf(dry_run).toEqualTypeOf<boolean>();
        expectTypeOf(cx).toEqualTypeOf<Context<DeskEmit>>();
        expectTypeOf(cx.signal).toEqualTypeOf<AbortSignal>();
        await cx.events.idle();
        return { id: order.id, accepted: order.quantity > 1 };
      },
      *quotes() {
        yield { id: 1n, accepted: true };
      },
      ping() {},
    };
    return own;
  },
];

test("the types above are checked by the compiler", () => {
  expectTypeOf(checked).toBeArray();
});
