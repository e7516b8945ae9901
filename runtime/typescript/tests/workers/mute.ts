// Programs that are no good workers; the first argument says how.
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";

const [, , how, more] = process.argv;
const line = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
const init = (params: unknown): void => line({ jsonrpc: "2.0", method: "$init", params });

switch (how) {
  case "silent":
    process.stderr.write("I say nothing\n");
    setInterval(() => {}, 1000);
    break;
  case "ends":
    process.stderr.write("no reason\n");
    process.exitCode = Number(more);
    break;
  case "dies":
    process.kill(process.pid, "SIGKILL");
    break;
  case "refuses":
    line({ jsonrpc: "2.0", method: "$error", params: { message: "no licence" } });
    break;
  case "malformed":
    init({ pipe: 7 });
    setInterval(() => {}, 1000);
    break;
  case "nowhere":
    init({ pipe: "/nonexistent/procwire/s", schema: JSON.parse(readFileSync(more ?? "", "utf8")) });
    setInterval(() => {}, 1000);
    break;
  case "other":
    init({ pipe: "/nonexistent/procwire/s", schema: { methods: { Place: { id: 1, response: "stream" } } } });
    setInterval(() => {}, 1000);
    break;
  case "strands": {
    // It is killed since it serves nothing, and leaves its socket.
    const folder = `${more}/procwire-${process.pid}-${"0".repeat(32)}`;
    mkdirSync(folder);
    createServer().listen(`${folder}/s`, () => init({ pipe: `${folder}/s`, schema: {} }));
    break;
  }
  case "lies": {
    const path = `${process.env["MUTE_FOLDER"]}/lies`;
    const server = createServer((socket) => socket.write(Buffer.from("00010300000001000003e9", "hex")));
    server.listen(path, () => init({ pipe: path, schema: JSON.parse(readFileSync(more ?? "", "utf8")) }));
    break;
  }
  default:
    throw new Error(`nobody knows how to ${how}`);
}
