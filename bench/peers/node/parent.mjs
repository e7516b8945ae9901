// The real Node parent: `node parent.mjs WORKER WORKLOAD MILLISECONDS ITEMS`, as the Rust parents. It prints one line
// of JSON with what it measured.
import { readdirSync, readFileSync } from "node:fs";
import { rawCodec } from "@procwire/codecs";
import { Module, ModuleManager } from "@procwire/core";

const LARGE = 10_000_000;
const LARGE_CALLS = 100;

const [worker, workload, milliseconds, items] = process.argv.slice(2);
const measure = Number(milliseconds);
// Longer than the Rust parents': V8 has to compile its hot functions first.
const warmUp = Math.max(measure / 3, 800);

const module = new Module("bench")
  .executable(worker, [])
  .method("small", { response: "result" })
  .method("bulk", { response: "result" })
  .method("items", { response: "stream" });
if (workload === "large-raw") module.method("blob", { response: "result", codec: rawCodec });
const manager = new ModuleManager();
manager.register(module);
await manager.spawn();
const pid = module.process.pid;

const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));
const record = (id) => ({ id, name: "sixteen bytes ok", score: 0.625 });

async function small(id) {
  const answer = await module.send("small", record(id));
  if (answer.id !== id) throw new Error("another id came back");
}

async function bulk(data) {
  const answer = await module.send("bulk", { data });
  if (answer.data.length !== data.length) throw new Error("another length came back");
}

async function blob(data) {
  const answer = await module.send("blob", data);
  if (answer.length !== data.length) throw new Error("another length came back");
}

async function stream(count) {
  let arrived = 0;
  for await (const item of module.stream("items", { items: count })) {
    if (item.id === arrived) arrived += 1;
  }
  if (arrived !== count) throw new Error(`${arrived} items came instead of ${count}`);
}

async function repeat(time, step) {
  const samples = [];
  const begin = performance.now();
  let before = begin;
  while (before - begin < time) {
    await step();
    const now = performance.now();
    samples.push(now - before);
    before = now;
  }
  return { samples, seconds: (before - begin) / 1000 };
}

// Seconds that all threads of the worker have run, to the nanosecond.
function workerCpu() {
  return readdirSync(`/proc/${pid}/task`)
    .map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]) / 1e9)
    .reduce((sum, seconds) => sum + seconds, 0);
}

function cpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + workerCpu();
}

// Millions of bytes, as the Rust parents count them.
function memory(key) {
  const line = readFileSync(`/proc/${pid}/status`, "utf8").match(new RegExp(`^${key}:\\s*(\\d+) kB$`, "m"));
  return (Number(line[1]) * 1024) / 1e6;
}

async function concurrent(inFlight, call) {
  let calls = 0;
  let stop = false;
  const callers = Array.from({ length: inFlight }, async (_, number) => {
    while (!stop) {
      await call(number);
      calls += 1;
    }
  });
  await sleep(warmUp);
  const [begin, callsBefore, cpuBefore] = [performance.now(), calls, cpu()];
  await sleep(measure);
  const result = {
    calls: calls - callsBefore,
    seconds: (performance.now() - begin) / 1000,
    cpu: cpu() - cpuBefore,
  };
  stop = true;
  await Promise.all(callers);
  return result;
}

async function large(call) {
  const data = new Uint8Array(LARGE).fill(0x5a);
  await repeat(warmUp, () => call(data));
  const { samples, seconds } = await repeat(measure, () => call(data));
  return { mb_per_s: (samples.length * LARGE) / 1e6 / seconds };
}

async function run() {
  await small(7);
  switch (workload) {
    case "small": {
      await repeat(warmUp, () => small(1));
      const { samples } = await repeat(measure, () => small(1));
      samples.sort((a, b) => a - b);
      const at = (part) => samples[Math.floor(samples.length * part)] * 1000;
      return { p50_us: at(0.5), p99_us: at(0.99) };
    }
    case "kilo:1":
    case "kilo:64":
    case "kilo:256": {
      // A Uint8Array goes out as bin; a Buffer would be ext 1, which the published crate refuses.
      const data = new Uint8Array(1024).fill(0x5a);
      const { calls, seconds, cpu } = await concurrent(Number(workload.slice(5)), () => bulk(data));
      return { calls_per_s: calls / seconds, cpu_s_per_million: (cpu / calls) * 1e6 };
    }
    case "cpu": {
      const { calls, cpu } = await concurrent(64, small);
      return { cpu_s_per_million: (cpu / calls) * 1e6 };
    }
    case "large":
      return large(bulk);
    case "large-raw":
      return large((data) => blob(Buffer.from(data.buffer)));
    case "stream": {
      await stream(Number(items) / 10);
      const begin = performance.now();
      await stream(Number(items));
      return { items_per_s: Number(items) / ((performance.now() - begin) / 1000) };
    }
    case "idle":
      await sleep(200);
      return { mb: memory("VmRSS") };
    case "peak": {
      const data = new Uint8Array(LARGE).fill(0x5a);
      for (let call = 0; call < LARGE_CALLS; call += 1) await bulk(data);
      return { mb: memory("VmHWM") };
    }
    default:
      throw new Error(`unknown workload ${workload}`);
  }
}

console.log(JSON.stringify(await run()));
await manager.shutdown();
