import { spawn } from "node:child_process";
import { expect, test } from "vitest";

import { DeskClient } from "../fixtures/desk.js";
import { workerPath } from "../support/build.js";
import { until } from "../support/wait.js";

test("whatever a worker prints comes to stderr, and harms nothing", async () => {
  let printed = "";
  const desk = await DeskClient.spawn("node", [workerPath("desk")], {
    heartbeat: { intervalMs: 5, timeoutMs: 2000 },
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
