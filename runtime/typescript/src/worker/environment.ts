import { CONTROL, EXTENSIONS } from "../constants.js";

/** What a parent left for this process. */
export interface Environment {
  /** The name that the parent calls this worker by. */
  readonly moduleName: string | undefined;
  /** What the parent proves itself with; an empty one is off. */
  readonly token: string | undefined;
  /** The descriptor that the parent left, and who says so. */
  readonly descriptor: { readonly fd: number; readonly parent: number } | undefined;
}

/** Takes the variables out of the environment, since they are for this process and not for those that it starts. */
export function takeEnvironment(): Environment {
  const environment = {
    moduleName: process.env[CONTROL.moduleVariable],
    token: process.env[CONTROL.tokenVariable] || undefined,
    descriptor: descriptorOf(process.env[EXTENSIONS.descriptorVariable]),
  };
  for (const name of Object.keys(process.env)) {
    if (name.startsWith(CONTROL.variablePrefix)) {
      delete process.env[name];
    }
  }
  return environment;
}

function descriptorOf(text: string | undefined): Environment["descriptor"] {
  const [, fd, parent] = /^([0-9]{1,9}):([0-9]{1,10})$/.exec(text ?? "") ?? [];
  return fd === undefined || parent === undefined ? undefined : { fd: Number(fd), parent: Number(parent) };
}
