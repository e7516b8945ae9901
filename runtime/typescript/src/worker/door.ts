/**
 * Where the parent comes in: a socket that it left to this process, or one that listens at a path.
 *
 * @module
 */

import { fstatSync } from "node:fs";
import type { Socket } from "node:net";

import { inherit, type Reading } from "../connection/transport.js";
import { EXTENSIONS } from "../constants.js";
import { ProcwireError } from "../error.js";
import { Admission, admitOne, type Enter } from "./admission.js";
import type { Environment } from "./environment.js";
import { listen, removeFolder } from "./socket_folder.js";

/** The lowest descriptor that is not one of the standard streams. */
const FIRST_FREE = 3;

/** An entrance for one parent. */
export interface Door {
  /** How `$init` calls it. */
  readonly pipe: string;
  /** Whether it lies in a folder where others may have left theirs. */
  readonly isPath: boolean;
  /** Nobody else comes in. */
  close(): void;
}

/** Who may come in, and what happens then. */
export interface Doorkeeper {
  readonly token: string | undefined;
  /** The parent comes in. Where nothing shows that it is there already, `isThere` is false. */
  enter(take: (reading: Reading) => Socket, isThere: boolean): void;
  /** Nobody will come in any more. */
  refuse(error: ProcwireError): void;
}

/** Uses the descriptor that the parent left, where it did, and listens at a path otherwise. */
export async function openDoor(descriptor: Environment["descriptor"], keeper: Doorkeeper): Promise<Door> {
  if (descriptor !== undefined && isParents(descriptor)) {
    return inherited(descriptor.fd, keeper);
  }
  const enter: Enter = (take) => keeper.enter(take, true);
  const admission = new Admission(keeper.token, enter);
  const { server, path, folder } = await listen(admission.knock);
  const remove = (): void => removeFolder(folder);
  process.on("exit", remove);
  return {
    pipe: path,
    isPath: true,
    close() {
      admission.end();
      server.close();
      remove();
      process.off("exit", remove);
    },
  };
}

function inherited(fd: number, keeper: Doorkeeper): Door {
  const open = (reading: Reading): Socket => inherit(fd, reading);
  if (keeper.token === undefined) {
    keeper.enter(open, false);
  } else {
    admitOne(
      open,
      keeper.token,
      (take) => keeper.enter(take, true),
      () =>
        keeper.refuse(new ProcwireError("unavailable", "the parent showed a wrong token at the socket that it left")),
    );
  }
  return { pipe: `${EXTENSIONS.descriptorPrefix}${fd}`, isPath: false, close() {} };
}

/**
 * Whether a descriptor is the one that the parent speaks of.
 *
 * The variable is inherited by those whom a child starts, who have another parent; so is a shell between both.
 */
function isParents({ fd, parent }: { readonly fd: number; readonly parent: number }): boolean {
  if (fd < FIRST_FREE || process.ppid !== parent) {
    return false;
  }
  try {
    return fstatSync(fd).isSocket();
  } catch {
    return false;
  }
}
