// A worker on a bare `net` socket.
import { once } from "node:events";
import { createServer, type Socket } from "node:net";

import { listening } from "./load.js";
import { CHUNK, LARGE_MESSAGE, SMALL } from "./raw.js";

const { path, mode } = listening();

function serve(socket: Socket): void {
  socket.on("error", () => socket.destroy());
  switch (mode) {
    case "echo":
      socket.on("data", (chunk) => socket.write(chunk));
      break;
    case "large": {
      const message = Buffer.alloc(LARGE_MESSAGE);
      let length = 0;
      socket.on("data", (chunk: Buffer) => {
        chunk.copy(message, length);
        length += chunk.length;
        if (length === message.length) {
          length = 0;
          socket.write(message);
        }
      });
      break;
    }
    default:
      socket.on("data", (request: Buffer) => void items(socket, request.readUInt32BE()));
  }
}

async function items(socket: Socket, count: number): Promise<void> {
  const chunk = Buffer.alloc(Math.floor(CHUNK / SMALL) * SMALL);
  let left = count * SMALL;
  while (left > 0) {
    const length = Math.min(left, chunk.length);
    left -= length;
    if (!socket.write(chunk.subarray(0, length))) await once(socket, "drain");
  }
}

createServer(serve).listen(path, () => process.stdout.write("ready\n"));
