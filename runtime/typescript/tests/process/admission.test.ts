import { type ChildProcess, spawn } from "node:child_process";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";

import { ID_AUTHENTICATE } from "../../src/constants.js";
import { type Init, Lines, parse } from "../../src/control.js";
import { frameOf } from "../../src/frame.js";
import { workerPath } from "../support/build.js";
import { Hand } from "../support/pair.js";

const TOKEN = "0123456789abcdef";
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) {
    child.kill("SIGKILL");
  }
});

/** A worker that is started by hand, and what it announces. */
async function worker(token: string | undefined): Promise<{ child: ChildProcess; init: Init }> {
  const env = {
    ...process.env,
    PROCWIRE_MODULE_NAME: "desk",
    ...(token === undefined ? {} : { PROCWIRE_TOKEN: token }),
  };
  const child = spawn(process.execPath, [workerPath("desk")], { env, stdio: ["pipe", "pipe", "ignore"] });
  children.push(child);
  const lines = new Lines();
  const init = await new Promise<Init>((resolve) => {
    child.stdout?.on("data", (chunk: Buffer) =>
      lines.push(chunk, {
        line(line) {
          const message = parse(line.toString());
          if (message.kind === "init") {
            resolve(message.init);
          }
        },
        overlong() {},
      }),
    );
  });
  return { child, init };
}

const ping = async (hand: Hand, init: Init): Promise<void> => {
  const id = init.methods.get("ping")?.id ?? 0;
  await hand.frame(id, 0, 1, Buffer.from([0xc0]));
  expect(await hand.next()).toMatchObject({ id, flags: 0x03, request: 1 });
};

describe("with a token", () => {
  test("strangers are dropped, silent ones shut nobody out, and the parent is let in", async () => {
    const { init } = await worker(TOKEN);
    const silent = Array.from({ length: 7 }, () => new Hand(connect(init.pipe)));
    for (const wrong of [
      frameOf(ID_AUTHENTICATE, 0, 0, Buffer.from("fedcba9876543210")),
      frameOf(ID_AUTHENTICATE, 0, 0, Buffer.from("short")),
      frameOf(1, 0, 1, Buffer.from([0xc0])),
    ]) {
      const stranger = new Hand(connect(init.pipe));
      await stranger.send(Buffer.concat([wrong, frameOf(1, 0, 1, Buffer.from([0xc0]))]));
      expect(await stranger.next()).toBeUndefined();
    }
    const parent = new Hand(connect(init.pipe));
    const token = frameOf(ID_AUTHENTICATE, 0, 0, Buffer.from(TOKEN));
    // In single bytes, with the first request in one piece with the end.
    for (const byte of token.subarray(0, -1)) {
      await parent.send(Buffer.from([byte]));
    }
    const id = init.methods.get("ping")?.id ?? 0;
    await parent.send(Buffer.concat([token.subarray(-1), frameOf(id, 0, 9, Buffer.from([0x80]))]));
    expect(await parent.next()).toMatchObject({ id, flags: 0x03, request: 9 });
    await Promise.all(silent.map((hand) => hand.ended()));
    await ping(parent, init);
    const late = new Hand(connect(init.pipe));
    expect(await late.next()).toBeUndefined();
  });

  test("more strangers than are heard at once do not shut the parent out for ever", async () => {
    const { init } = await worker(TOKEN);
    const silent = Array.from({ length: 8 }, () => new Hand(connect(init.pipe)));
    const parent = new Hand(connect(init.pipe));
    await parent.send(frameOf(ID_AUTHENTICATE, 0, 0, Buffer.from(TOKEN)));
    silent[0]?.socket.destroy();
    await ping(parent, init);
  });
});

test("without a token the first wins", async () => {
  const { child, init } = await worker(undefined);
  const parent = new Hand(connect(init.pipe));
  await parent.send(frameOf(ID_AUTHENTICATE, 0, 0, Buffer.from(TOKEN)));
  await ping(parent, init);
  const exited = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
  child.stdin?.end();
  expect(await exited).toBe(0);
});

test("a worker whose parent never comes ends with its stdin", async () => {
  const { child } = await worker(TOKEN);
  const exited = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
  child.stdin?.end();
  expect(await exited).toBe(0);
});

test("a worker that loses its connection ends, though its stdin stays", async () => {
  const { child, init } = await worker(undefined);
  const parent = new Hand(connect(init.pipe));
  await ping(parent, init);
  const exited = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
  parent.socket.destroy();
  expect(await exited).toBe(0);
});

test("a published parent closes both at once, and the worker ends in time", async () => {
  const { child, init } = await worker(undefined);
  const parent = new Hand(connect(init.pipe));
  await ping(parent, init);
  const hang = init.methods.get("slow")?.id ?? 0;
  await parent.frame(hang, 0, 5, Buffer.from("81a26d73cd7530", "hex"));
  const exited = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
  child.stdin?.write('{"jsonrpc":"2.0","method":"$shutdown","params":{}}\n');
  parent.socket.destroy();
  expect(await exited).toBe(0);
});

test("a parent that breaks the protocol is told of, and the worker ends with a failure", async () => {
  const { child, init } = await worker(undefined);
  const parent = new Hand(connect(init.pipe));
  await ping(parent, init);
  const exited = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
  await parent.send(Buffer.alloc(11));
  expect(await exited).toBe(1);
});
