import { spawn } from "node:child_process";
import { expect, test } from "vitest";

import { DeskClient } from "../fixtures/desk.js";
import { workerPath } from "../support/build.js";
import { until } from "../support/wait.js";

test("whatever a worker prints comes to stderr, and harms nothing", async () => {
  let printed = "";
  const desk = await DeskClient.spawn("node", [workerPath("desk")], {
    heartbeat: { intervalMs: 5, timeoutMs: 10_000 },
    onStderr: (chunk) => {
      printed += Buffer.from(chunk).toString();
    },
  });
  await desk.print({ text: '{"jsonrpc":"2.0","method":"$error"}' });
  await desk.print({ text: "plain" });
  await desk.print({ text: "x".repeat(2_000_000) });
  const words = [
    "a print before the start\n",
    "log plain\n",
    "info plain\n",
    "write plain\n",
    "raw plain",
    "child plain",
  ];
  await until(() => words.every((word) => printed.includes(word)));
  expect(await desk.pid()).toBe(desk.peer.pid);
  await desk.shutdown();
});

test("who holds on to the standard output from before is heard on stderr too", async () => {
  const program = `
    const early = process.stdout;
    early.write("early\\n");
    import("procwire").then(() => {
      early.write("held\\n");
      return import("./tests/workers/desk.js");
    });
  `;
  const desk = await DeskClient.spawn("node", ["-e", program], {
    cwd: workerPath("desk").replace("tests/workers/desk.js", ""),
    heartbeat: { intervalMs: 5, timeoutMs: 10_000 },
    onStderr() {},
  });
  await desk.print({ text: "x".repeat(1_000_000) });
  await desk.shutdown();
  expect(desk.peer.exit?.stderr).toContain("held");
  expect(desk.peer.exit?.stderr).not.toContain("early");
});

test("a process that may have no threads hears its parent nevertheless", async () => {
  const spoil = `
    const threads = require("node:worker_threads");
    threads.Worker = class { constructor() { throw new Error("no threads"); } };
    require("node:module").syncBuiltinESMExports();
    import(${JSON.stringify(workerPath("desk"))});
  `;
  const desk = await DeskClient.spawn("node", ["-e", spoil], {
    heartbeat: { intervalMs: 5, timeoutMs: 10_000 },
    onStderr() {},
  });
  await desk.slow({ ms: 50 });
  await desk.shutdown();
  expect(desk.peer.exit?.code).toBe(0);
});

test("a worker that a person starts says what it is", async () => {
  const child = spawn(process.execPath, [workerPath("desk")], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stderr.on("data", (chunk) => {
    text += chunk;
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect(code).toBe(2);
  expect(text).toContain(
    "desk.js: this is a worker: it serves Desk and Weather to the program that starts it, over pipes",
  );
});
