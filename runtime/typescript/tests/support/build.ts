/**
 * Compiles the package and the workers of the tests, which are processes of their own, before any test runs.
 *
 * They lie where neither git nor biome nor a package looks, and take the package by its name from there.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Where a compiled worker lies. */
export function workerPath(name: string): string {
  return `${root}node_modules/.procwire-tests/tests/workers/${name}.js`;
}

export default function build(): void {
  const folder = `${root}node_modules/.procwire-tests`;
  mkdirSync(folder, { recursive: true });
  const description = {
    name: "procwire",
    type: "module",
    exports: { ".": "./src/index.js", "./stub-v1": "./src/stub_v1.js" },
  };
  writeFileSync(`${folder}/package.json`, JSON.stringify(description));
  const tsc = `${root}node_modules/typescript/bin/tsc`;
  execFileSync(process.execPath, [tsc, "-p", "tests/workers/tsconfig.json"], { cwd: root, stdio: "inherit" });
}
