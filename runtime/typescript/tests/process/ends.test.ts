import { describe, expect, test } from "vitest";

import { DeskClient } from "../fixtures/desk.js";
import { workerPath } from "../support/build.js";
import { until } from "../support/wait.js";

type Options = NonNullable<Parameters<typeof DeskClient.spawn>[2]>;

/** A worker, and what it writes for people. */
async function start(options: Options = {}): Promise<{ desk: DeskClient; printed: () => string }> {
  let printed = "";
  const desk = await DeskClient.spawn("node", [workerPath("desk")], {
    onStderr: (chunk) => {
      printed += Buffer.from(chunk).toString();
    },
    ...options,
  });
  return { desk, printed: () => printed };
}

/** Whether a process runs. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("shutdown", () => {
  test("ends the worker in order, and its process has time for its own", async () => {
    const { desk, printed } = await start({ env: { DESK: "late" } });
    await desk.shutdown();
    expect(desk.peer.exit).toMatchObject({ code: 0, signal: null });
    expect(printed()).toContain("the last will\nserved\n");
    await expect(desk.ping()).rejects.toMatchObject({ code: "unavailable" });
    await desk.shutdown();
  });

  test("lets what runs end, and refuses what is new", async () => {
    const { desk } = await start();
    const slow = desk.slow({ ms: 300 });
    await desk.ping();
    const ended = desk.shutdown();
    await expect(desk.ping()).rejects.toMatchObject({
      code: "unavailable",
      message: "Desk.ping: worker `Desk` is shutting down",
    });
    expect(await slow).toBe("slow");
    await ended;
  });

  test("tells handlers that take longer than the grace, and ends", async () => {
    const { desk } = await start({ shutdownGraceMs: 200 });
    const seen = desk.events.seen.subscribe();
    const hanging = desk.hang({ name: "long" }).catch((error: unknown) => error);
    await seen.next();
    await desk.shutdown();
    expect(await hanging).toBeUndefined();
    expect((await seen.next()).value).toEqual({ text: "long left" });
  });

  test("ends a worker that is blocked, by force", async () => {
    const { desk } = await start({ shutdownGraceMs: 100 });
    const seen = desk.events.seen.subscribe();
    const blocked = desk.block({ ms: 60_000 }).catch((error: unknown) => error);
    await seen.next();
    await expect(desk.shutdown()).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/^worker `Desk` did not end in order: signal: 9 \(SIGKILL\)/),
    });
    expect(await blocked).toMatchObject({ code: "unavailable" });
  });

  test("of an `await using` block throws nothing", async () => {
    let peer: DeskClient["peer"];
    {
      await using desk = (await start()).desk;
      peer = desk.peer;
      await desk.exit({ status: 3 }).catch(() => {});
    }
    expect(peer.exit?.code).toBe(3);
  });
});

describe("a worker that is gone", () => {
  test("fails what waits with its exit status and its last words", async () => {
    const { desk } = await start();
    const slow = desk.slow({ ms: 60_000 }).catch((error: unknown) => error);
    const stream = desk.quotes({ symbols: ["A"], depth: 1_000_000_000 })[Symbol.asyncIterator]();
    await stream.next();
    const seen = desk.events.seen.subscribe();
    await desk.crash({ text: "the reason" });
    const error = (await slow) as Error;
    expect(error).toMatchObject({ code: "unavailable" });
    expect(error.message).toMatch(/^Desk\.slow: worker `Desk` is gone: exit status: [17]; its last lines on stderr:/);
    expect(error.message).toContain("\n    the reason");
    expect(error.message).toContain("nobody catches this");
    const drained = async (): Promise<void> => {
      while (!(await stream.next()).done) {
        // What arrived comes first.
      }
    };
    await expect(drained()).rejects.toMatchObject({ code: "unavailable" });
    expect(await seen.next()).toEqual({ value: undefined, done: true });
    await expect(desk.ping()).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/^Desk\.ping: worker `Desk` is gone: exit status: [17]/),
    });
    expect(desk.peer.exit?.stderr).toContain("the reason");
    await expect(desk.shutdown()).rejects.toMatchObject({ code: "unavailable" });
  });

  test("by a signal says so", async () => {
    const { desk } = await start();
    const slow = desk.slow({ ms: 60_000 }).catch((error: unknown) => error);
    process.kill(desk.peer.pid, "SIGKILL");
    expect(((await slow) as Error).message).toBe(
      "Desk.slow: worker `Desk` is gone: signal: 9 (SIGKILL); its last lines on stderr:\n    a print before the start",
    );
  });
});

describe("heartbeat", () => {
  test("a worker that is blocked still answers", async () => {
    const { desk } = await start({ heartbeat: { intervalMs: 10, timeoutMs: 2500 } });
    await desk.block({ ms: 3500 });
    await desk.shutdown();
  });

  test("a worker that is stopped is ended", async () => {
    const { desk } = await start({ heartbeat: { intervalMs: 10, timeoutMs: 300 } });
    const slow = desk.slow({ ms: 60_000 }).catch((error: unknown) => error);
    process.kill(desk.peer.pid, "SIGSTOP");
    const exit = await desk.peer.exited;
    expect(exit).toMatchObject({ signal: "SIGKILL", cause: "no answer to $ping within 300 ms" });
    expect(((await slow) as Error).message).toContain("ended by its parent: no answer to $ping within 300 ms");
  });
});

describe("signals", () => {
  test("SIGTERM is a shutdown", async () => {
    const { desk, printed } = await start();
    const slow = desk.slow({ ms: 200 });
    await desk.ping();
    process.kill(desk.peer.pid, "SIGTERM");
    expect(await slow).toBe("slow");
    expect((await desk.peer.exited).code).toBe(0);
    expect(printed()).toContain("the last will");
  });

  test("a second SIGTERM asks to end now", async () => {
    const { desk } = await start();
    const slow = desk.slow({ ms: 60_000 }).catch((error: unknown) => error);
    await desk.ping();
    process.kill(desk.peer.pid, "SIGTERM");
    let refused: unknown;
    while (refused === undefined) {
      refused = await desk.ping().catch((error: unknown) => error);
    }
    expect(refused).toMatchObject({ code: "unavailable", message: "the worker is shutting down" });
    process.kill(desk.peer.pid, "SIGTERM");
    expect(await desk.peer.exited).toMatchObject({ code: 0, signal: null });
    expect(await slow).toMatchObject({ code: "unavailable" });
  });

  test("SIGINT is the parent's to hear", async () => {
    const { desk } = await start();
    process.kill(desk.peer.pid, "SIGINT");
    process.kill(desk.peer.pid, "SIGINT");
    expect(await desk.pid()).toBe(desk.peer.pid);
    await desk.shutdown();
  });
});

describe("a parent that is gone takes its worker along", () => {
  /** Starts a parent of its own, which prints the pid of its worker and then does what it is told. */
  async function parent(how: string): Promise<number> {
    const { spawn } = await import("node:child_process");
    const child = spawn(process.execPath, [workerPath("parent"), workerPath("desk"), how], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    for await (const chunk of child.stdout) {
      text += chunk;
    }
    expect(text).toMatch(/^\d+\n$/);
    return Number(text);
  }

  test.each(["exit", "kill", "kill-blocked", "throw"])("%s", async (how) => {
    const pid = await parent(how);
    await until(() => !runs(pid));
  });
});
