// The real `@procwire/core`, above our workers and above its own.
import { rawCodec } from "@procwire/codecs";
import { Module, ModuleManager } from "@procwire/core";

import { main, NAME, type Peer, processId, SCORE, type Settings } from "./load.js";

interface Small {
  readonly id: number;
}

interface Bulk {
  readonly data: Uint8Array;
}

async function connect({ worker, workerArgs, workload }: Settings): Promise<Peer> {
  const module = new Module("bench")
    .executable(worker, [...workerArgs])
    .method("small", { response: "result" })
    .method("bulk", { response: "result" })
    .method("items", { response: "stream" });
  // The published crate has no raw requests, and a method that the worker lacks would fail the start.
  if (workload === "large-raw") module.method("blob", { response: "result", codec: rawCodec });
  const manager = new ModuleManager();
  manager.register(module);
  await manager.spawn();
  return {
    worker: processId(module.process ?? {}),
    async small(id) {
      return (await module.send<Small>("small", { id, name: NAME, score: SCORE })).id;
    },
    async bulk(data) {
      return (await module.send<Bulk>("bulk", { data })).data.length;
    },
    async raw(data) {
      return (await module.send<Buffer>("blob", Buffer.from(data.buffer))).length;
    },
    async stream(items) {
      let arrived = 0;
      for await (const item of module.stream("items", { items })) {
        if ((item as Small).id === arrived) arrived += 1;
      }
      return arrived;
    },
    close: () => manager.shutdown(),
  };
}

await main(connect);
