// The parent that stops reading: small calls alone, and beside streams of which it takes one item each.
//
// Run as `parent MILLISECONDS STREAMS WINDOW EXTENSIONS WORKER…`.
import { latencies, NAME, repeat, report, residentMemory, SCORE } from "../load.js";
import { EchoClient } from "./echo.js";

const [milliseconds, streams, window, extensions, worker = "", ...workerArgs] = process.argv.slice(2);
const measure = Number(milliseconds);
const warmUp = Math.max(measure / 3, Number(process.env.BENCH_WARM_UP ?? 0));

const client = await EchoClient.spawn(worker, workerArgs, {
  limits: { window: Number(window) },
  extensions: ["fd", "meta", "callbacks", ...(extensions === "credit" ? (["credit"] as const) : [])],
});

async function small(): Promise<void> {
  const { id } = await client.small({ id: 1n, name: NAME, score: SCORE });
  if (id !== 1n) throw new Error("another id came back");
}

async function open() {
  const stream = client.items({ items: 0xffff_ffff })[Symbol.asyncIterator]();
  if ((await stream.next()).done) throw new Error("an endless stream ended");
  return stream;
}

const memory = () => [residentMemory(process.pid), residentMemory(client.peer.pid)] as const;

await repeat(warmUp, small);
const alone = latencies((await repeat(measure, small)).samples);
const before = memory();
const stopped = await Promise.all(Array.from({ length: Number(streams) }, open));
await repeat(warmUp, small);
const beside = latencies((await repeat(measure, small)).samples);
const after = memory();
await Promise.all(stopped.map((stream) => stream.return()));
await client.shutdown();
report({
  alone_p50_us: alone.p50_us ?? Number.NaN,
  alone_p99_us: alone.p99_us ?? Number.NaN,
  beside_p50_us: beside.p50_us ?? Number.NaN,
  beside_p99_us: beside.p99_us ?? Number.NaN,
  parent_mb: after[0] - before[0],
  worker_mb: after[1] - before[1],
});
