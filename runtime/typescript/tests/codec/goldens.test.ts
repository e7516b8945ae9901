/** The golden files of the generator, read by a parser: they hold what their schemas declare, and nothing else. */

import { readdirSync, readFileSync } from "node:fs";
import { parseSync } from "vite";
import { describe, expect, test } from "vitest";

const FOLDER = new URL("../../../../codegen/tests/golden/", import.meta.url);
/** Each schema and the file that is generated from it; one schema has several packages. */
const CASES: (readonly [source: string, file: string])[] = [
  ...readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "packages")
    .map(({ name }) => [`${name}/schema.ipc`, `${name}/typescript.ts`] as const),
  ["packages/schema.ipc", "packages/typescript/acme/trading.ts"],
  ["packages/acme/common.ipc", "packages/typescript/acme/common.ts"],
  ["packages/shared/audit.ipc", "packages/typescript/shared/audit.ts"],
];

/** A node of the tree, as far as it is looked at here. */
interface Node {
  type: string;
  [property: string]: unknown;
}

const KINDS: readonly string[] = [
  "const",
  "newtype",
  "type",
  "ext",
  "record",
  "enum",
  "error",
  "service",
  "callbacks",
  "module",
];

/** What a schema declares. */
interface Declared {
  kind: string;
  name: string;
  /** What stands between its braces, in tokens. */
  body: string[];
}

/** The words and marks of a schema, strings with their quotes. */
function tokens(schema: string): string[] {
  const token = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|r#"[\s\S]*?"#|r"[^"]*"|"(?:[^"\\]|\\.)*"|[\w.]+|->|[^\s]/g;
  return [...schema.matchAll(token)].map(([text]) => text).filter((text) => !/^\/[/*]/.test(text));
}

function declarations(schema: string): Declared[] {
  const rest = tokens(schema);
  const found: Declared[] = [];
  let given: string | undefined;
  for (let at = 0; at < rest.length; at++) {
    const kind = rest[at] as string;
    if (!KINDS.includes(kind) || rest[at - 1] === "package") {
      // `@deprecated("…")` stands before a declaration, `ipc 1;` and the package before all of them.
      given = givenName(rest, at) ?? given;
      continue;
    }
    const name = given ?? (rest[++at] as string);
    if (given !== undefined) at++;
    given = undefined;
    const body: string[] = [];
    let depth = 0;
    for (at++; at < rest.length; at++) {
      const token = rest[at] as string;
      if ("({[".includes(token)) depth++;
      if (")}]".includes(token)) depth--;
      if (depth > 0 && !(depth === 1 && token === "{")) body.push(token);
      if (depth === 0 && (token === ";" || token === "}")) break;
    }
    found.push({ kind, name, body });
  }
  return found;
}

/** What stands in `@ts(name = "…")`, where that begins here. */
function givenName(all: readonly string[], at: number): string | undefined {
  return all.slice(at, at + 5).join("") === "@ts(name=" ? unquoted(all[at + 5] as string) : undefined;
}

/** The names of the properties that the fields of a record become. */
function fields(body: string[]): string[] {
  const names: string[] = [];
  let depth = 0;
  let wire: string | undefined;
  let given: string | undefined;
  let begins = true;
  for (let at = 0; at < body.length; at++) {
    const token = body[at] as string;
    if ("({[<".includes(token)) depth++;
    if (")}]>".includes(token)) depth--;
    if (depth > 0 || token === ")") continue;
    if (begins) given = givenName(body, at) ?? given;
    if (token === ",") begins = true;
    else if (begins && token === "@" && body[at + 1] === "wire") wire = unquoted(body[at + 3] as string);
    else if (begins && token !== "@" && body[at - 1] !== "@") {
      begins = false;
      if (token !== "reserved" || body[at + 1] === ":" || body[at + 1] === "?") names.push(given ?? wire ?? token);
      wire = undefined;
      given = undefined;
    }
  }
  return names;
}

function unquoted(literal: string): string {
  return JSON.parse(
    literal.replace(/\\u\{([0-9a-f]+)\}/gi, (_, hex) => String.fromCodePoint(Number.parseInt(hex, 16))),
  );
}

/** The name in generated code, for comparison: without case and without underscores. */
const plain = (name: string) => name.replaceAll(/[_.]/g, "").toLowerCase();

/** The names that a declaration leads to. */
function expected({ kind, name }: Declared): { always: string[]; maybe: string[] } {
  switch (kind) {
    case "const":
      return { always: [name], maybe: [] };
    case "type":
      return { always: [name], maybe: [`${name}Input`] };
    case "newtype":
      return { always: [name, `${name}Input`, `${name}$`], maybe: [] };
    case "error":
      return { always: [name, `${name}Data`, `${name}$`], maybe: [`${name}DataInput`] };
    case "service": {
      const derived = ["", "Client", "Worker", "Events", "Emit"].map((suffix) => name + suffix);
      return { always: [...derived, `serve${name}`], maybe: [`${name}Context`] };
    }
    case "callbacks":
      return { always: [`${name}Callbacks`, `${name}CallbacksClient`], maybe: [] };
    case "module": {
      const derived = ["", "Client", "Workers", "Handlers"].map((suffix) => name + suffix);
      return { always: [...derived, `serve${name}`], maybe: [] };
    }
    default:
      return { always: [name, `${name}$`], maybe: [`${name}Input`] };
  }
}

/** The exported name of a statement; undefined where it is not exported. */
function exported(statement: Node): string | undefined {
  if (statement.type !== "ExportNamedDeclaration") return undefined;
  const declaration = statement["declaration"] as Node;
  const [first] = (declaration["declarations"] ?? [declaration]) as Node[];
  return ((first as Node)["id"] as Node)["name"] as string;
}

/** How many `use` lines name a package that another one names already. */
function doubled(schema: string): number {
  const named = [...schema.matchAll(/^use "?([\w./]+?)(?:\.ipc")?(?:\.\{| as |;)/gm)].map(([, name]) => name);
  return named.length - new Set(named).size;
}

describe.each(CASES)("%s", (source, file) => {
  const schema = readFileSync(new URL(source, FOLDER), "utf8");
  const text = readFileSync(new URL(file, FOLDER), "utf8");
  const { program, errors } = parseSync("typescript.ts", text, { lang: "ts", sourceType: "module" });
  const body = program.body as unknown as Node[];
  const declared = declarations(schema);

  test("is imports and declarations", () => {
    expect(errors).toEqual([]);
    const imports = body.filter(({ type }) => type === "ImportDeclaration");
    expect(imports.length).toBe(1 + [...schema.matchAll(/^use [^;]*\b(acme|shared)\b/gm)].length - doubled(schema));
    const others = body.slice(imports.length);
    expect(others.every(({ type }) => type !== "ImportDeclaration")).toBe(true);
    // What is not exported is the codec of a part, or a type of the file's own: its name cannot be one of a schema.
    for (const statement of others.filter(({ type }) => type !== "ExportNamedDeclaration")) {
      expect(["VariableDeclaration", "TSTypeAliasDeclaration"]).toContain(statement.type);
      const [{ id }] = (statement["declarations"] ?? [statement]) as [{ id: { name: string } }];
      expect(id.name).toMatch(/\$/);
    }
  });

  test("exports what the schema declares", () => {
    const names = body
      .map(exported)
      .filter((found) => found !== undefined)
      .map(plain);
    const always = declared.flatMap((one) => expected(one).always).map(plain);
    const maybe = declared.flatMap((one) => expected(one).maybe).map(plain);
    expect(declared.length).toBeGreaterThan(0);
    expect(always.filter((found) => !names.includes(found))).toEqual([]);
    expect(names.filter((found) => !always.includes(found) && !maybe.includes(found))).toEqual([]);
  });

  test("has the fields that records declare", () => {
    for (const { kind, name, body: inner } of declared) {
      if (kind !== "record") continue;
      const statement = body.find(
        (node) =>
          (node["declaration"] as Node | null)?.type === "TSInterfaceDeclaration" &&
          plain(exported(node) ?? "") === plain(name),
      );
      const members = (((statement as Node)["declaration"] as Node)["body"] as Node)["body"] as Node[];
      const keys = members.map(({ key }) => (key as { name?: string }).name ?? (key as { value?: string }).value);
      expect([name, keys]).toEqual([name, fields(inner)]);
    }
  });

  test("says in comments what the schema says in comments", () => {
    const said = [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].length;
    const { comments } = parseSync("typescript.ts", text, { lang: "ts", sourceType: "module" });
    // Every comment that begins ends as the parser sees it: none was ended by what stands in it.
    expect(comments.filter(({ type, value }) => type === "Block" && value.startsWith("*")).length).toBe(said);
  });
});
