// The server of grpc-js on a Unix socket.
import { once } from "node:events";

import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from "@grpc/grpc-js";

import { type Count, Echo, LIMITS, type Small } from "./grpc.js";
import { listening, NAME, SCORE } from "./load.js";

function echo<T>(call: ServerUnaryCall<T, T>, answer: sendUnaryData<T>): void {
  answer(null, call.request);
}

async function items(call: ServerWritableStream<Count, Small>): Promise<void> {
  for (let id = 0; id < call.request.items; id += 1) {
    if (!call.write({ id, name: NAME, score: SCORE })) await once(call, "drain");
  }
  call.end();
}

const { path } = listening();
const server = new Server(LIMITS);
server.addService(Echo.service, { EchoSmall: echo, EchoBulk: echo, Items: items });
server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), (error) => {
  if (error !== null) throw error;
  process.stdout.write("ready\n");
});
