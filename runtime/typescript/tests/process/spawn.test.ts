import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

import { SpawnError } from "../../src/index.js";
import { DeskClient, type DeskEvents } from "../fixtures/desk.js";
import { workerPath } from "../support/build.js";

const folder = mkdtempSync(join(tmpdir(), "procwire-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Options = NonNullable<Parameters<typeof DeskClient.spawn>[2]>;

/** The error of a start that fails. */
async function failure(command: string, args: readonly string[], options: Options = {}): Promise<SpawnError> {
  const outcome = await DeskClient.spawn(command, args, { onStderr() {}, ...options }).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(SpawnError);
  return outcome as SpawnError;
}

const mute = (...args: string[]): readonly string[] => [workerPath("mute"), ...args];

/** A file with the schema of a worker that looks like one of the desk. */
async function schemaFile(): Promise<string> {
  const schema = join(folder, "schema.json");
  const methods = Object.fromEntries(
    (await import("../fixtures/desk.js")).Desk.methods.map(({ wire, response }, index) => [
      wire,
      { id: index + 1, response },
    ]),
  );
  const events = Object.fromEntries(
    (["progress", "seen", "filled", "idle"] satisfies (keyof DeskEvents)[]).map((name, index) => [
      name,
      { id: 100 + index },
    ]),
  );
  writeFileSync(schema, JSON.stringify({ methods, events }));
  return schema;
}

test("a worker inherits the variables that are named, and what is added", async () => {
  process.env["NAMED"] = process.env["NOT_NAMED"] = "1";
  const said: Uint8Array[] = [];
  await failure("/usr/bin/env", [], {
    env: { ADDED: "1" },
    inheritEnv: ["NAMED", "PROCWIRE_TOKEN"],
    auth: false,
    extensions: [],
    onStderr: (chunk) => said.push(chunk),
  });
  const lines = Buffer.concat(said).toString().split("\n").filter(Boolean);
  expect(lines.sort()).toEqual(["ADDED=1", "NAMED=1", "PROCWIRE_MODULE_NAME=Desk"]);
});

describe("a start that fails says why", () => {
  test("a program that is not there", async () => {
    const error = await failure("/nonexistent/program", []);
    expect(error).toMatchObject({ kind: "start", code: "unavailable", exitCode: null, signal: null });
    expect(error.message).toBe(
      "worker `Desk` could not be started: the program `/nonexistent/program` does not start: spawn /nonexistent/program ENOENT",
    );
  });

  test("a program that ends", async () => {
    const error = await failure("node", mute("ends", "3"), { name: "desk" });
    expect(error).toMatchObject({ kind: "ended", exitCode: 3, signal: null, stderr: ["no reason"] });
    expect(error.message).toBe(
      "worker `desk` could not be started: it ended before it was ready: exit status: 3; its last lines on stderr:\n    no reason",
    );
  });

  test("a program that is killed", async () => {
    const error = await failure("node", mute("dies"));
    expect(error).toMatchObject({ kind: "ended", exitCode: null, signal: "SIGKILL" });
    expect(error.message).toContain("signal: 9 (SIGKILL)");
  });

  test("a program that says nothing", async () => {
    const error = await failure("node", mute("silent"), { initTimeoutMs: 4000 });
    expect(error).toMatchObject({ kind: "timeout", stderr: ["I say nothing"] });
    expect(error.message).toContain("it did not announce itself within 4000 ms; a worker writes `$init` on its stdout");
  });

  test("a program that refuses", async () => {
    const error = await failure("node", mute("refuses"));
    expect(error).toMatchObject({ kind: "refused", exitCode: 0 });
    expect(error.message).toContain("it says: no licence: exit status: 0");
  });

  test("an announcement that cannot be used", async () => {
    const error = await failure("node", mute("malformed"));
    expect(error.kind).toBe("malformed");
    expect(error.message).toContain("its `$init` cannot be used: `params.pipe` must be a path");
  });

  test("a program that serves something else", async () => {
    const error = await failure("node", mute("other"));
    expect(error.kind).toBe("mismatch");
    expect(error.message).toContain(
      "method `Desk.place` is not there, but `Place` is; method `Desk.swap` is not there; ",
    );
    expect(error.message).toContain("; event `Desk.idle` is not there");
  });

  test("a worker that cannot clean up after itself", async () => {
    const own = mkdtempSync(join(folder, "own-"));
    expect((await failure("node", mute("strands", own))).kind).toBe("mismatch");
    expect(readdirSync(own)).toEqual([]);
  });

  test("a socket that is not there", async () => {
    const error = await failure("node", mute("nowhere", await schemaFile()));
    expect(error.kind).toBe("connect");
    expect(error.message).toContain("its socket `/nonexistent/procwire/s` cannot be reached: connect ENOENT");
  });

  test.each([[[]], [["fd"] as const]])("a worker whose folders take no socket, with %j", async (extensions) => {
    const env = { XDG_RUNTIME_DIR: join(folder, "x".repeat(100)), TMPDIR: "/nonexistent", PATH: process.env["PATH"] };
    // The system's own folder takes one.
    const desk = await DeskClient.spawn("node", [workerPath("desk")], { env, extensions, onStderr() {} });
    expect(await desk.pid()).toBe(desk.peer.pid);
    await desk.shutdown();
  });

  test.each([
    [{ initTimeoutMs: Number.NaN }, "the option initTimeoutMs is NaN"],
    [{ heartbeat: { intervalMs: 10, timeoutMs: -1 } }, "the option heartbeat.timeoutMs is -1"],
    [{ limits: { events: -5 } }, "the limit events is -5"],
    [{ callTimeoutMs: "1s" as unknown as number }, "the limit callTimeoutMs is 1s"],
  ])("an option that cannot be used: %o", async (options, message) => {
    await expect(DeskClient.spawn("node", [workerPath("desk")], options)).rejects.toMatchObject({
      code: "invalid_argument",
      message: expect.stringContaining(message),
    });
  });
});

describe("a worker in order", () => {
  test.each([[[]], [["fd"] as const]])(
    "leaves nothing on disk, from its connection on, with %j",
    async (extensions) => {
      const env = { XDG_RUNTIME_DIR: folder };
      const desk = await DeskClient.spawn("node", [workerPath("desk")], { env, extensions, onStderr() {} });
      await desk.ping();
      expect(readdirSync(folder).filter((name) => name.startsWith("procwire-"))).toEqual([]);
      await desk.shutdown();
      expect(desk.peer.exit).toMatchObject({ code: 0, signal: null, cause: undefined });
    },
  );

  test.each([[[]], [["fd"] as const]])(
    "works without a token, without a thread, and in another folder, with %j",
    async (extensions) => {
      const env = { DESK: "one-thread" };
      await using desk = await DeskClient.spawn("node", ["desk.js"], {
        auth: false,
        extensions,
        cwd: workerPath("desk").replace("desk.js", ""),
        env,
        heartbeat: { intervalMs: 10, timeoutMs: 5000 },
        onStderr() {},
      });
      expect(await desk.find({ limit: 1 })).toEqual(["all"]);
      await desk.slow({ ms: 100 });
    },
  );

  test("takes the limits of its parent's options", async () => {
    await using desk = await DeskClient.spawn("node", [workerPath("desk")], {
      callTimeoutMs: 50,
      maxPayload: 1000,
      onStderr() {},
    });
    await expect(desk.slow({ ms: 5000 })).rejects.toMatchObject({ code: "deadline_exceeded" });
    expect(await desk.slow({ ms: 100 }, { timeoutMs: Number.POSITIVE_INFINITY })).toBe("slow");
    // The worker knows what its parent takes.
    await expect(desk.mirror(Buffer.alloc(1001), { timeoutMs: Number.POSITIVE_INFINITY })).rejects.toMatchObject({
      code: "resource_exhausted",
      message: "Desk.mirror answer has 1001 bytes, above the 1000 that the peer takes",
    });
  });

  test("ends a worker that breaks the protocol", async () => {
    const env = { MUTE_FOLDER: folder };
    const desk = await DeskClient.spawn("node", mute("lies", await schemaFile()), {
      auth: false,
      env,
      maxPayload: 1000,
      onStderr() {},
    });
    await expect(desk.ping()).rejects.toMatchObject({ code: "unavailable" });
    expect((await desk.peer.exited).cause).toBe(
      "the peer broke the protocol: a frame announces a payload of 1001 bytes, above the limit of 1000",
    );
  });

  test("may be started by a shell", async () => {
    await using desk = await DeskClient.spawn("sh", ["-c", `node ${workerPath("desk")}; true`], { onStderr() {} });
    expect(await desk.pid()).not.toBe(desk.peer.pid);
    expect(await desk.find({ limit: 1 })).toEqual(["all"]);
  });
});
