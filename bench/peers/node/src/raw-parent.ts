// A parent on a bare `net` socket.
import { connect } from "node:net";

import {
  cpuTime,
  LARGE,
  latencies,
  type Metrics,
  peakMemory,
  repeat,
  report,
  residentMemory,
  settings,
  sleep,
  startWorker,
} from "./load.js";
import { batchOf, CHUNK, modeOf, SMALL } from "./raw.js";

const told = settings();
const worker = await startWorker(told, modeOf(told.workload));
const chunk = Buffer.alloc(CHUNK);
let left = 0;
let arrived: () => void = () => {};
const socket = connect({
  path: worker.path,
  onread: {
    buffer: chunk,
    callback(length) {
      left -= length;
      if (left === 0) arrived();
      return true;
    },
  },
});

function exchange(request: Uint8Array, answer: number): Promise<void> {
  return new Promise((resolve) => {
    left = answer;
    arrived = resolve;
    socket.write(request);
  });
}

async function items(count: number): Promise<number> {
  const request = Buffer.alloc(4);
  request.writeUInt32BE(count);
  const begin = performance.now();
  await exchange(request, count * SMALL);
  return count / ((performance.now() - begin) / 1000);
}

async function run(): Promise<Metrics> {
  const { workload, warmUp, measure } = told;
  const [messages, bytes] = batchOf(workload);
  const batch = Buffer.alloc(messages * bytes, 0x5a);
  const echo = (): Promise<void> => exchange(batch, batch.length);
  switch (workload) {
    case "stream":
      await items(told.items / 10);
      return { items_per_s: await items(told.items) };
    case "idle":
      await echo();
      await sleep(200);
      return { mb: residentMemory(worker.id) };
    case "peak":
      for (let call = 0; call < 100; call += 1) await echo();
      return { mb: peakMemory(worker.id) };
    default: {
      await repeat(warmUp, echo);
      const before = cpuTime(worker.id);
      const { samples, seconds } = await repeat(measure, echo);
      const calls = samples.length * messages;
      const cpu_s_per_million = ((cpuTime(worker.id) - before) / calls) * 1e6;
      if (workload === "small") return latencies(samples);
      if (workload === "cpu") return { cpu_s_per_million };
      if (workload.startsWith("kilo:")) return { calls_per_s: calls / seconds, cpu_s_per_million };
      return { mb_per_s: (calls * LARGE) / 1e6 / seconds };
    }
  }
}

report(await run());
socket.destroy();
worker.close();
