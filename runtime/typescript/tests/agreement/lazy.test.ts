import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SOURCE = fileURLToPath(new URL("../../src", import.meta.url));

/** The files that a file loads, those it only takes types from left out. */
function imports(path: string): readonly string[] {
  const text = readFileSync(path, "utf8");
  const found = text.matchAll(/^(?:import|export) (?!type )(?:[^;"]*? from )?"(\.[^"]*)\.js";$/gms);
  return [...found].map(([, to]) => join(dirname(path), `${to}.ts`));
}

test("nobody loads the comparison of schemas before there is something to compare", () => {
  const seen = new Set<string>();
  const waiting = [join(SOURCE, "index.ts"), join(SOURCE, "stub_v1.ts")];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (!seen.has(path)) {
      seen.add(path);
      waiting.push(...imports(path));
    }
  }
  const loaded = [...seen].map((path) => relative(SOURCE, path));
  expect(loaded).toContain("parent/schemas.ts");
  expect(loaded.filter((path) => path.startsWith("agreement/"))).toEqual([]);
  expect(readdirSync(join(SOURCE, "agreement"))).toContain("compare.ts");
});
