import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { SpawnError } from "../../src/index.js";
import { Ext, ExtClient } from "../fixtures/ext.js";
import { workerPath } from "../support/build.js";
import { spawnExt, usual } from "../support/ext.js";
import { until } from "../support/wait.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "procwire-test-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The sockets that this process has. */
function sockets(): number {
  return readdirSync("/proc/self/fd").length;
}

describe("a pair of sockets", () => {
  test("leaves no file at any time, and is the default", async () => {
    // A worker that had to listen there could not.
    const env = { XDG_RUNTIME_DIR: "/nonexistent", TMPDIR: folder };
    await using ext = await spawnExt({ env, callbacks: { trading: usual } });
    expect(readdirSync(folder)).toEqual([]);
    expect(await ext.total({ symbol: "A", count: 3 })).toBe(6);
  });

  test.each([true, false])("with a token: %s", async (auth) => {
    await using ext = await spawnExt({ auth, callbacks: { trading: usual } });
    expect(await ext.total({ symbol: "A", count: 3 })).toBe(6);
    const body = Buffer.alloc(20_000_000, 7);
    expect(body.equals(await ext.mirror(body))).toBe(true);
  });

  test("is not left to what the worker starts", async () => {
    await using ext = await spawnExt();
    const paths = await spawnExt({ extensions: [] });
    const left = await ext.relay({ path: "sockets", text: "" });
    expect(left).toBe(await paths.relay({ path: "sockets", text: "" }));
    await paths.shutdown();
  });

  test("is closed with its worker, whichever ends first", async () => {
    const before = sockets();
    for (let i = 0; i < 3; i++) {
      const ext = await spawnExt();
      await ext.shutdown();
      const killed = await spawnExt();
      process.kill(killed.peer.pid, "SIGKILL");
      await killed.peer.exited;
      const path = await spawnExt({ offers: [] });
      await path.shutdown();
    }
    await until(() => sockets() <= before);
  });

  test("events that a worker sends at once are not lost", async () => {
    const heard: string[] = [];
    await using ext = await spawnExt({
      auth: false,
      ways: "early",
      callbacks: { trading: usual },
      on: { seen: ({ text }) => heard.push(text) },
    });
    await until(() => heard.length === 1);
    expect(heard).toEqual(["5"]);
    expect(await ext.plain({ text: "x" })).toBe("x");
  });
});

describe("a path in its place", () => {
  test.each([
    ["where the parent leaves none", { extensions: ["meta"] as const }],
    ["where the worker wants none", { offers: ["meta"] as const }],
  ])("%s", async (_, options) => {
    await using ext = await spawnExt(options);
    expect(await ext.plain({ text: "x" })).toBe("x");
  });

  test("where another process stands between, which may even leave the descriptor open", async () => {
    await using ext = await ExtClient.spawn("node", [workerPath("stranger"), "between", workerPath("ext")], {
      callbacks: { trading: usual },
      onStderr() {},
    });
    expect(await ext.total({ symbol: "A", count: 3 })).toBe(6);
    await using shell = await ExtClient.spawn("sh", ["-c", `node ${workerPath("ext")}; true`], { onStderr() {} });
    expect(await shell.plain({ text: "x" })).toBe("x");
  });

  test.each([
    ["fd:4", ["fd"] as const, "it says that its socket is `fd:4`, but its descriptor is 3"],
    ["fd:3", [] as const, "it says that its socket is `fd:3`, but it was left none"],
    ["fd:", ["fd"] as const, "it says that its socket is `fd:`, but its descriptor is 3"],
  ])("not where the child speaks of another descriptor: %s, left %j", async (pipe, extensions, reason) => {
    const schema = join(folder, "schema.json");
    const methods = Object.fromEntries(Ext.methods.map(({ wire, response }, i) => [wire, { id: i + 1, response }]));
    writeFileSync(schema, JSON.stringify({ methods, events: { seen: { id: 100 }, fresh: { id: 101 } } }));
    const error = await ExtClient.spawn("node", [workerPath("stranger"), "fd", pipe], {
      extensions,
      env: { SCHEMA: schema },
      onStderr() {},
    }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(SpawnError);
    expect(error).toMatchObject({ kind: "mismatch" });
    expect((error as Error).message).toContain(reason);
  });
});
