// Our client, generated from echo.ipc.
import { main, NAME, type Peer, SCORE, type Settings } from "../load.js";
import { EchoClient } from "./echo.js";

async function connect({ worker, workerArgs }: Settings): Promise<Peer> {
  const client = await EchoClient.spawn(worker, workerArgs);
  return {
    worker: client.peer.pid,
    async small(id) {
      return Number((await client.small({ id: BigInt(id), name: NAME, score: SCORE })).id);
    },
    async bulk(data) {
      return (await client.bulk({ data })).data.length;
    },
    async raw(data) {
      return (await client.blob(data)).length;
    },
    async stream(items) {
      let arrived = 0;
      for await (const item of client.items({ items })) {
        if (item.id === BigInt(arrived)) arrived += 1;
      }
      return arrived;
    },
    close: () => client.shutdown(),
  };
}

await main(connect);
