// Stands between a parent and its worker, and has a silent stranger connect before the parent can.
import { spawn } from "node:child_process";
import { createConnection } from "node:net";
import { createInterface } from "node:readline";

const child = spawn(process.argv[2], process.argv.slice(3), { stdio: ["pipe", "pipe", "inherit"] });
process.stdin.pipe(child.stdin);
createInterface({ input: child.stdout }).on("line", async (line) => {
  if (line.includes('"$init"')) {
    const stray = createConnection(JSON.parse(line).params.pipe);
    stray.on("error", () => {});
    await new Promise((resolve) => stray.on("connect", resolve));
  }
  process.stdout.write(`${line}\n`);
});
child.on("exit", (code) => process.exit(code ?? 1));
