// The client of grpc-js over a Unix socket.
import { credentials } from "@grpc/grpc-js";

import { Echo, LIMITS } from "./grpc.js";
import { main, NAME, type Peer, SCORE, type Settings, startWorker } from "./load.js";

async function connect(settings: Settings): Promise<Peer> {
  const worker = await startWorker(settings);
  const client = new Echo(`unix:${worker.path}`, credentials.createInsecure(), LIMITS);
  return {
    worker: worker.id,
    small: (id) =>
      new Promise((resolve, reject) => {
        client.EchoSmall({ id, name: NAME, score: SCORE }, (error, answer) => {
          if (answer === undefined) reject(error);
          else resolve(answer.id);
        });
      }),
    bulk: (data) =>
      new Promise((resolve, reject) => {
        client.EchoBulk({ data }, (error, answer) => {
          if (answer === undefined) reject(error);
          else resolve(answer.data.length);
        });
      }),
    async stream(items) {
      let arrived = 0;
      for await (const item of client.Items({ items })) {
        if (item.id === arrived) arrived += 1;
      }
      return arrived;
    },
    close() {
      client.close();
      worker.close();
    },
  };
}

await main(connect);
