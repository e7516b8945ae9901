import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";

import { service } from "../../src/stub_v1.js";
import { bind, Emitter, number } from "../../src/worker/binding.js";
import { explanation } from "../../src/worker/by_hand.js";
import { listenBelow, removeFolder, removeLeftBehind, sweepFolder } from "../../src/worker/socket_folder.js";
import { event, method } from "../support/services.js";

const folders: string[] = [];
const fresh = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "pw-"));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe("the socket's folder", () => {
  test("is private and goes with its owner", async () => {
    const base = fresh();
    const { server, path, folder } = await listenBelow([base], (socket) => socket.destroy());
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(basename(folder)).toMatch(new RegExp(`^procwire-${process.pid}-[0-9a-f]{32}$`));
    await new Promise<void>((resolve) => connect(path).on("close", () => resolve()));
    await new Promise((resolve) => server.close(resolve));
    removeFolder(folder);
    expect(readdirSync(base)).toEqual([]);
  });

  test("is made in the first folder that takes a socket", async () => {
    const base = fresh();
    const long = join(base, "x".repeat(100));
    mkdirSync(long);
    const missing = join(base, "missing");
    const { server, folder } = await listenBelow([missing, long, base], () => {});
    expect(folder.startsWith(join(base, "procwire-"))).toBe(true);
    expect(readdirSync(long)).toEqual([]);
    server.close();
    const failure = listenBelow([missing, long], () => {});
    await expect(failure).rejects.toMatchObject({ code: "unavailable" });
    await expect(failure).rejects.toThrow(/missing: ENOENT.*fewer than 108 bytes.*set XDG_RUNTIME_DIR or TMPDIR/);
  });

  test("is swept where it is stale and its worker is gone", async () => {
    const base = fresh();
    // A child that was waited for is certainly gone.
    const gone = execFileSync("sh", ["-c", "echo $$"]).toString().trim();
    const random = "0123456789abcdef0123456789abcdef";
    const make = (name: string, old: boolean): string => {
      const folder = join(base, name);
      mkdirSync(folder);
      writeFileSync(join(folder, "s"), "");
      if (old) {
        const then = new Date(Date.now() - 300_000);
        utimesSync(folder, then, then);
      }
      return folder;
    };
    const stale = make(`procwire-${gone}-${random}`, true);
    const kept = [
      make(`procwire-${gone}-${random.replaceAll("0", "1")}`, false),
      make(`procwire-${process.pid}-${random}`, true),
      make(`procwire-${gone}-short`, true),
    ];
    await sweepFolder(base);
    expect([existsSync(stale), ...kept.map((folder) => existsSync(folder))]).toEqual([false, true, true, true]);
    await sweepFolder(join(base, "missing"));
  });

  test("of a child is removed by its form alone", async () => {
    const base = fresh();
    const sockets = [join(base, "procwire-1-00.sock"), join(base, "other.sock")];
    const servers = await Promise.all(
      sockets.map(async (path) => {
        const server = createServer();
        await new Promise<void>((resolve) => server.listen(path, resolve));
        return server;
      }),
    );
    const file = join(base, "procwire-notes");
    writeFileSync(file, "");
    for (const path of [...sockets, file, join(base, "missing")]) {
      removeLeftBehind(path);
    }
    expect(readdirSync(base).toSorted()).toEqual(["other.sock", "procwire-notes"]);
    for (const server of servers) {
      server.close();
    }
  });
});

describe("numbers", () => {
  const One = service({ name: "One", methods: [method("a", "result")], events: [event("e")] });
  const Two = service({ name: "Two", methods: [method("b", "stream")], events: [event("f")] });
  const Same = service({ name: "Same", methods: [method("a", "result")], events: [] });
  const Heard = service({ name: "Heard", methods: [], events: [event("e")] });
  const handlers = { a() {}, b() {} };

  test("are unique over methods and events of all services", () => {
    const numbered = number([bind(One, handlers), bind(Two, handlers)], new Emitter());
    expect(numbered.methods.map(({ id, name }) => [id, name])).toEqual([
      [1, "One.a"],
      [2, "Two.b"],
    ]);
    expect(numbered.events.map(({ wire }) => wire)).toEqual(["e", "f"]);
  });

  test("need names that differ", () => {
    expect(() => number([bind(One, handlers), bind(Same, handlers)], new Emitter())).toThrow(
      "the services One and Same both have the method `a`; one needs another name on the wire",
    );
    expect(() => number([bind(One, handlers), bind(Heard, handlers)], new Emitter())).toThrow(
      "the services One and Heard both have the event `e`",
    );
    expect(() => number([], new Emitter())).toThrow("a worker needs at least one service");
  });

  test("an event before there is a parent fails, and harms nobody who does not look", async () => {
    const { emits } = number([bind(One, handlers)], new Emitter());
    const emit = emits.get(One) as Record<string, (value: unknown) => Promise<void>>;
    void emit["e"]?.(1);
    await expect(emit["e"]?.(1)).rejects.toMatchObject({
      code: "unavailable",
      message: "One.e: no parent is connected yet, so that nobody hears the event",
    });
  });
});

test("a person is told the services as in a sentence", () => {
  expect(explanation("/x/desk.js", ["A"])).toContain("desk.js: this is a worker: it serves A to the program");
  expect(explanation("desk.js", ["A", "B", "C"])).toContain("serves A, B and C to");
});
