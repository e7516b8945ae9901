// The first of three processes of one trace: `tracing.js <program> [arguments]` calls that worker, and answers it.
import { context, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { tracing } from "procwire/opentelemetry";
import { ChainClient, Refused, type Step } from "./chain.js";
import { failure, say, worker } from "./scenario.js";

const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ "service.name": "first" }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
const tracer = trace.getTracer("interop");

function* steps(count: number): Generator<Step> {
  for (let at = 1; at <= count; at++) {
    yield { at, note: "a secret" };
  }
}

const [program = "", ...args] = worker();
const chain = await ChainClient.spawn(program, args, {
  name: "middle",
  tracing: tracing(),
  callbacks: {
    desk: {
      async *steps({ count }) {
        // A span of the program's own belongs to the call that it serves.
        await tracer.startActiveSpan("look up", async (span) => span.end());
        yield* steps(count);
      },
      check({ account }) {
        throw new Refused({ type: "Denied", why: account });
      },
      warm: () => {},
      audit: () => {},
    },
  },
});

/** Makes a call inside of a span of the program's own. */
async function within<T>(name: string, call: () => Promise<T>): Promise<T> {
  const span = tracer.startSpan(name);
  try {
    return await context.with(trace.setSpan(context.active(), span), call);
  } finally {
    span.end();
  }
}

say(`total: ${await within("total", () => chain.total({ count: 3 }))}`);
say((await within("check", () => failure(chain.check({ account: "a secret" })))).message);
await within("tell", () => chain.tell({ text: "a secret" }));
const count = await within("many", async () => {
  let items = 0;
  for await (const _ of chain.steps({ count: 200 })) {
    items += 1;
  }
  return items;
});
say(`many: ${count}`);
await within("left", async () => {
  for await (const _ of chain.steps({ count: 1_000_000 })) {
    break;
  }
});
await chain.shutdown();
await provider.shutdown();
