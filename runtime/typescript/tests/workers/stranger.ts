// Programs that stand between a parent and its worker, or say of themselves what is not so; the first argument says how.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const [, , how, more = ""] = process.argv;
const line = (params: unknown): void =>
  void process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", method: "$init", params })}\n`);

switch (how) {
  case "fd":
    // Says that it uses a descriptor that it was not left.
    line({ pipe: more, schema: JSON.parse(readFileSync(process.env["SCHEMA"] ?? "", "utf8")), ext: ["fd"] });
    setInterval(() => {}, 1000);
    break;
  case "between": {
    // A wrapper, such as npx: the worker is its child, and has all that it has.
    const worker = spawn(process.execPath, [more], { stdio: ["inherit", "inherit", "inherit", 3] });
    worker.on("exit", (code) => process.exit(code ?? 1));
    break;
  }
  default:
    throw new Error(`nobody knows how to ${how}`);
}
