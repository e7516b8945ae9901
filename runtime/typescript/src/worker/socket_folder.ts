/**
 * The socket that a worker listens on: a file in a fresh folder that only its user can enter.
 *
 * The folder lives until the parent has connected, so that a running pair leaves nothing on disk.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, rmdirSync, unlinkSync } from "node:fs";
import { opendir } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

import { CONTROL } from "../constants.js";
import { ProcwireError, sentence } from "../error.js";

const PREFIX = "procwire-";
const SOCKET = "s";
const RANDOM_BYTES = 16;
const NAME = /^procwire-([1-9][0-9]*)-[0-9a-fA-F]{32}$/;
/** A folder younger than this may belong to a live worker whose pid another container cannot see. */
const STALE_AGE_MS = 120_000;
/** How many entries of a shared folder a start looks at. */
const SWEEP_ENTRIES = 10_000;

/** A server that listens, and where. */
export interface Listening {
  readonly server: Server;
  readonly path: string;
  readonly folder: string;
}

/** Listens in the first folder that takes a socket. */
export async function listen(onConnection: (socket: Socket) => void): Promise<Listening> {
  return listenBelow(bases(), onConnection);
}

/** The same for these folders. */
export async function listenBelow(
  folders: readonly string[],
  onConnection: (socket: Socket) => void,
): Promise<Listening> {
  const reasons: string[] = [];
  for (const base of folders) {
    try {
      return await listenIn(base, onConnection);
    } catch (error) {
      reasons.push(`${base}: ${sentence(error)}`);
    }
  }
  const message = `no folder takes a socket (${reasons.join("; ")}); set XDG_RUNTIME_DIR or TMPDIR to one that does`;
  throw new ProcwireError("unavailable", message);
}

async function listenIn(base: string, onConnection: (socket: Socket) => void): Promise<Listening> {
  const folder = join(base, `${PREFIX}${process.pid}-${randomBytes(RANDOM_BYTES).toString("hex")}`);
  const path = join(folder, SOCKET);
  const length = Buffer.byteLength(path);
  if (length >= CONTROL.addressSize) {
    throw new Error(`a socket's path has fewer than ${CONTROL.addressSize} bytes, this would have ${length}`);
  }
  // An existing entry of the name is an error here, so that nobody can have prepared the folder.
  mkdirSync(folder, { mode: 0o700 });
  const server = createServer({ pauseOnConnect: true }, onConnection);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, () => {
        server.off("error", reject);
        resolve();
      });
    });
  } catch (error) {
    removeFolder(folder);
    throw error;
  }
  return { server, path, folder };
}

/** Removes the socket and its folder, and nothing that somebody else put there. */
export function removeFolder(folder: string): void {
  attempt(() => unlinkSync(join(folder, SOCKET)));
  attempt(() => rmdirSync(folder));
}

/** Removes what workers of this user left behind that were killed before their parent had connected. */
export async function sweep(): Promise<void> {
  for (const base of bases()) {
    await sweepFolder(base);
  }
}

/** The same for one folder. */
export async function sweepFolder(base: string): Promise<void> {
  try {
    let left = SWEEP_ENTRIES;
    for await (const { name } of await opendir(base)) {
      const pid = owner(name);
      const folder = join(base, name);
      if (pid !== undefined && isStale(folder) && isGone(pid)) {
        removeFolder(folder);
      }
      left -= 1;
      if (left === 0) {
        break;
      }
    }
  } catch {
    // A folder that cannot be read holds nothing of ours.
  }
}

function isStale(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  const age = Date.now() - (found?.mtimeMs ?? Date.now());
  return found?.isDirectory() === true && found.uid === process.getuid?.() && age >= STALE_AGE_MS;
}

/** The pid in the name of a socket's folder. */
function owner(name: string): number | undefined {
  const pid = Number(NAME.exec(name)?.[1]);
  return Number.isSafeInteger(pid) && pid < 2 ** 31 ? pid : undefined;
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/**
 * Removes the socket of a child that ended, if the path has the form of one.
 *
 * The path came from the child, so that nothing but a socket by such a name is touched.
 */
export function removeLeftBehind(path: string): void {
  const folder = dirname(path);
  const isOurs = owner(basename(folder)) !== undefined;
  if (!isOurs && !basename(path).startsWith(PREFIX)) {
    return;
  }
  attempt(() => {
    if (lstatSync(path).isSocket()) {
      unlinkSync(path);
    }
  });
  if (isOurs) {
    attempt(() => rmdirSync(folder));
  }
}

/** The folders that may take a socket, the preferred one first. */
function bases(): string[] {
  const named = [process.env["XDG_RUNTIME_DIR"], process.env["TMPDIR"]].filter((folder) => folder);
  return [...new Set([...(named as string[]), tmpdir(), "/tmp"])];
}

/** What cannot be removed stays. */
function attempt(run: () => void): void {
  try {
    run();
  } catch {
    // It is gone already, or somebody else's.
  }
}
