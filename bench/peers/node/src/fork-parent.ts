// `child_process.fork` with its IPC channel, in the serialization that the variant names: `json` or `advanced`.
import { fork } from "node:child_process";

import { main, NAME, type Peer, processId, SCORE, type Settings } from "./load.js";

interface Answer {
  readonly call: number;
  readonly id: number;
  readonly data: string | Uint8Array;
  readonly end?: true;
}

async function connect({ workerArgs, variant }: Settings): Promise<Peer> {
  const [script] = workerArgs;
  if (script === undefined || (variant !== "json" && variant !== "advanced")) {
    throw new Error(`no worker, or unknown variant ${variant}`);
  }
  const child = fork(script, { serialization: variant });
  const pending = new Map<number, (answer: Answer) => void>();
  let calls = 0;
  child.on("message", (message) => {
    const answer = message as Answer;
    pending.get(answer.call)?.(answer);
  });
  const request = (body: object): Promise<Answer> =>
    new Promise((resolve) => {
      calls += 1;
      const call = calls;
      pending.set(call, (answer) => {
        pending.delete(call);
        resolve(answer);
      });
      child.send({ call, ...body });
    });
  return {
    worker: processId(child),
    async small(id) {
      return (await request({ method: "small", id, name: NAME, score: SCORE })).id;
    },
    async bulk(data) {
      return (await request({ method: "bulk", data: variant === "json" ? text(data) : data })).data.length;
    },
    stream(items) {
      return new Promise((resolve) => {
        calls += 1;
        const call = calls;
        let arrived = 0;
        pending.set(call, (answer) => {
          if (answer.end) {
            pending.delete(call);
            resolve(arrived);
          } else if (answer.id === arrived) arrived += 1;
        });
        child.send({ call, method: "items", items });
      });
    },
    close() {
      child.disconnect();
    },
  };
}

const texts = new Map<number, string>();

// JSON has no bytes. A text of the same length is the fastest that it can do.
function text(data: Uint8Array): string {
  let known = texts.get(data.length);
  if (known === undefined) {
    known = "Z".repeat(data.length);
    texts.set(data.length, known);
  }
  return known;
}

await main(connect);
