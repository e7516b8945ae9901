// What every Node contestant does alike: the workloads, the measuring, and the processes around them.
//
// A parent is run as `parent WORKLOAD MILLISECONDS ITEMS WORKER…`, starts the worker, runs one workload against it and
// prints one line of JSON: a map of metric names to numbers, as the Rust and Python parents do.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The name in every small record: 16 bytes. */
export const NAME = "sixteen bytes ok";
/** The score in every small record. */
export const SCORE = 0.625;
/** The payload of the 1 KB rows. */
export const KILO = 1024;
/** The payload of the 10 MB rows. */
export const LARGE = 10_000_000;
/** How many large messages pass while the peak memory is looked at: 1 GB. */
const LARGE_CALLS = 100;

/** What the driver tells a parent. */
export interface Settings {
  /** What to do. */
  readonly workload: string;
  /** How long to measure, milliseconds. */
  readonly measure: number;
  /** How long to warm up: V8 has to compile its hot functions first, so the driver asks for more than for Rust. */
  readonly warmUp: number;
  /** The length of the stream. */
  readonly items: number;
  /** The worker's program. */
  readonly worker: string;
  /** The arguments of the worker's program. */
  readonly workerArgs: readonly string[];
  /** One of several forms of the same contestant. */
  readonly variant: string;
}

/** One contestant's connection to its worker, with its own message types behind it. */
export interface Peer {
  /** The worker's process id. */
  readonly worker: number;
  /** Echoes `{id, name: NAME, score: SCORE}`; gives the id of the answer. */
  small(id: number): Promise<number>;
  /** Echoes a record of one field with these bytes; gives the length of the answer's. */
  bulk(data: Uint8Array): Promise<number>;
  /** Echoes a payload that is these bytes and nothing else; gives the length of the answer. */
  raw?(data: Uint8Array): Promise<number>;
  /** Takes a stream of so many small records; gives how many arrived. */
  stream?(items: number): Promise<number>;
  /** Ends the worker. */
  close(): Promise<void> | void;
}

/** What a parent prints. */
export type Metrics = Record<string, number>;

/** Reads the arguments. */
export function settings(): Settings {
  const [workload, milliseconds, items, worker, ...workerArgs] = process.argv.slice(2);
  if (workload === undefined || milliseconds === undefined || items === undefined || worker === undefined) {
    throw new Error("the arguments WORKLOAD MILLISECONDS ITEMS WORKER are missing");
  }
  const measure = Number(milliseconds);
  const warmUp = Math.max(measure / 3, Number(process.env.BENCH_WARM_UP ?? 0));
  const variant = process.env.BENCH_VARIANT ?? "";
  return { workload, measure, warmUp, items: Number(items), worker, workerArgs, variant };
}

/** A parent's whole program. */
export async function main(connect: (settings: Settings) => Promise<Peer>): Promise<void> {
  const told = settings();
  const peer = await connect(told);
  const metrics = await run(peer, told);
  await peer.close();
  report(metrics);
}

/** Prints what was measured, for the driver to read. */
export function report(metrics: Metrics): void {
  process.stdout.write(`${JSON.stringify(metrics)}\n`);
}

async function run(peer: Peer, { workload, measure, warmUp, items }: Settings): Promise<Metrics> {
  await small(peer, 7);
  switch (workload) {
    case "small": {
      await repeat(warmUp, () => small(peer, 1));
      return latencies((await repeat(measure, () => small(peer, 1))).samples);
    }
    case "kilo:1":
    case "kilo:64":
    case "kilo:256": {
      // Not a Buffer: those are ext 1 in the published codec, which its Rust crate refuses.
      const data = new Uint8Array(KILO).fill(0x5a);
      const inFlight = Number(workload.slice("kilo:".length));
      const { calls, seconds, cpu } = await concurrent(peer.worker, inFlight, warmUp, measure, () => bulk(peer, data));
      return { calls_per_s: calls / seconds, cpu_s_per_million: (cpu / calls) * 1e6 };
    }
    case "cpu": {
      const { calls, cpu } = await concurrent(peer.worker, 64, warmUp, measure, (number) => small(peer, number));
      return { cpu_s_per_million: (cpu / calls) * 1e6 };
    }
    case "large":
      return large(warmUp, measure, (data) => peer.bulk(data));
    case "large-raw":
      return large(warmUp, measure, (data) => supported(peer.raw).call(peer, data));
    case "stream": {
      const stream = supported(peer.stream);
      await stream.call(peer, items / 10);
      const begin = performance.now();
      const arrived = await stream.call(peer, items);
      const seconds = (performance.now() - begin) / 1000;
      if (arrived !== items) throw new Error(`${arrived} items came instead of ${items}`);
      return { items_per_s: items / seconds };
    }
    case "idle":
      await sleep(200);
      return { mb: residentMemory(peer.worker) };
    case "peak": {
      const data = new Uint8Array(LARGE).fill(0x5a);
      for (let call = 0; call < LARGE_CALLS; call += 1) await bulk(peer, data);
      return { mb: peakMemory(peer.worker) };
    }
    default:
      throw new Error(`unknown workload ${workload}`);
  }
}

async function small(peer: Peer, id: number): Promise<void> {
  if ((await peer.small(id)) !== id) throw new Error("another id came back");
}

async function bulk(peer: Peer, data: Uint8Array): Promise<void> {
  if ((await peer.bulk(data)) !== data.length) throw new Error("another length came back");
}

function supported<T>(method: T | undefined): T {
  if (method === undefined) throw new Error("this contestant cannot do that");
  return method;
}

/** Repeats a step for so many milliseconds; gives the milliseconds of each. */
export async function repeat(
  time: number,
  step: () => Promise<void>,
): Promise<{ readonly samples: number[]; readonly seconds: number }> {
  const samples: number[] = [];
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

/** The median and the 99th percentile, in microseconds. */
export function latencies(samples: number[]): Metrics {
  samples.sort((a, b) => a - b);
  const at = (part: number): number => (samples[Math.floor(samples.length * part)] ?? Number.NaN) * 1000;
  return { p50_us: at(0.5), p99_us: at(0.99) };
}

async function large(warmUp: number, measure: number, call: (data: Uint8Array) => Promise<number>): Promise<Metrics> {
  const data = new Uint8Array(LARGE).fill(0x5a);
  const step = async (): Promise<void> => {
    if ((await call(data)) !== LARGE) throw new Error("another length came back");
  };
  await repeat(warmUp, step);
  const { samples, seconds } = await repeat(measure, step);
  return { mb_per_s: (samples.length * LARGE) / 1e6 / seconds };
}

/** Calls answered, seconds, and processor time of both processes while so many callers are at it. */
async function concurrent(
  worker: number,
  inFlight: number,
  warmUp: number,
  measure: number,
  call: (caller: number) => Promise<void>,
): Promise<{ readonly calls: number; readonly seconds: number; readonly cpu: number }> {
  let calls = 0;
  let stop = false;
  const callers = Array.from({ length: inFlight }, async (_, number) => {
    while (!stop) {
      await call(number);
      calls += 1;
    }
  });
  await sleep(warmUp);
  const [begin, callsBefore, cpuBefore] = [performance.now(), calls, cpuTime(worker)];
  await sleep(measure);
  const result = {
    calls: calls - callsBefore,
    seconds: (performance.now() - begin) / 1000,
    cpu: cpuTime(worker) - cpuBefore,
  };
  stop = true;
  await Promise.all(callers);
  return result;
}

/** The processor seconds of this process and the worker, in user and kernel mode. */
export function cpuTime(worker: number): number {
  const { user, system } = process.cpuUsage();
  const tasks = readdirSync(`/proc/${worker}/task`).map((task) => {
    const [nanoseconds] = readFileSync(`/proc/${worker}/task/${task}/schedstat`, "utf8").split(" ");
    return Number(nanoseconds) / 1e9;
  });
  return (user + system) / 1e6 + tasks.reduce((sum, seconds) => sum + seconds, 0);
}

/** Resident memory of a process, in millions of bytes. */
export function residentMemory(worker: number): number {
  return memory(worker, "VmRSS");
}

/** The most resident memory that a process ever had, in millions of bytes. */
export function peakMemory(worker: number): number {
  return memory(worker, "VmHWM");
}

function memory(worker: number, key: string): number {
  const status = readFileSync(`/proc/${worker}/status`, "utf8");
  const kibibytes = status.match(new RegExp(`^${key}:\\s*(\\d+) kB$`, "m"))?.[1];
  return (Number(kibibytes) * 1024) / 1e6;
}

/** Waits so many milliseconds. */
export function sleep(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}

/** A worker that listens on a path. */
export interface ListeningWorker {
  /** Where it listens. */
  readonly path: string;
  /** Its process id. */
  readonly id: number;
  /** Ends it and sweeps its folder. */
  close(): void;
}

/** Starts `WORKER… PATH MODE` and waits for its line on stdout, which says that it listens. */
export async function startWorker({ worker, workerArgs }: Settings, mode = "-"): Promise<ListeningWorker> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const path = join(folder, "s");
  const child = spawn(worker, [...workerArgs, path, mode], { stdio: ["ignore", "pipe", "inherit"] });
  const close = (): void => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  await ready(child);
  return { path, id: processId(child), close };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (status) => reject(new Error(`the worker ended with status ${status}`)));
    child.stdout?.once("data", (line: Buffer) => {
      if (line.toString() === "ready\n") resolve();
      else reject(new Error(`the worker said ${line} instead of ready`));
    });
  });
}

/** The id of a process that was started. */
export function processId({ pid }: { readonly pid?: number | undefined }): number {
  if (pid === undefined) throw new Error("the worker has no process id");
  return pid;
}

/** The worker's side of `startWorker`: the path and the mode. */
export function listening(): { readonly path: string; readonly mode: string } {
  const [path, mode] = process.argv.slice(2);
  if (path === undefined || mode === undefined) throw new Error("the arguments PATH MODE are missing");
  return { path, mode };
}
