/**
 * Several interchange forms as one, for a worker that serves what several files describe.
 *
 * @module
 */

type Json = Readonly<Record<string, unknown>>;

/** The lists of a form, whose entries may name types by index. */
const LISTS = ["types", "methods", "events", "callbacks"] as const;

/** One form with the types and members of all. The package is that of the first. */
export function mergeForms(forms: readonly unknown[]): unknown {
  const merged: Record<string, unknown> = { ...(forms[0] as Json) };
  const lists = { types: [], methods: [], events: [], callbacks: [] } as Record<(typeof LISTS)[number], unknown[]>;
  const reserved: unknown[] = [];
  for (const form of forms as readonly Json[]) {
    const first = lists.types.length;
    for (const list of LISTS) {
      lists[list].push(...elements(form[list]).map((entry) => moved(entry, first)));
    }
    reserved.push(...elements(form["reserved"]));
  }
  return Object.assign(merged, lists, { reserved });
}

function elements(list: unknown): readonly unknown[] {
  return Array.isArray(list) ? list : [];
}

/** The keys under which a type stands, or several, and those under which there is more to look through. */
const TYPES: ReadonlySet<string> = new Set(["type", "is", "answer", "values", "throws"]);
const INSIDE: ReadonlySet<string> = new Set(["record", "enum", "fields", "request", "payload"]);

/** A part of a form whose types begin `first` later. */
function moved(part: unknown, first: number): unknown {
  if (Array.isArray(part)) {
    return part.map((entry) => moved(entry, first));
  }
  const entries = Object.entries(Object(part) as Json).map(([key, value]) => {
    if (TYPES.has(key)) {
      return [key, movedType(value, first)];
    }
    return [key, INSIDE.has(key) ? moved(value, first) : value];
  });
  return Object.fromEntries(entries);
}

/** The keys of a type that hold another one, or several. */
const HOLDERS: ReadonlySet<string> = new Set(["list", "tuple", "map", "nullable", "of"]);

function movedType(type: unknown, first: number): unknown {
  if (typeof type === "number") {
    return type + first;
  }
  if (Array.isArray(type)) {
    return type.map((one) => movedType(one, first));
  }
  if (typeof type !== "object" || type === null) {
    return type;
  }
  const entries = Object.entries(type).map(([key, value]) => [key, HOLDERS.has(key) ? movedType(value, first) : value]);
  return Object.fromEntries(entries);
}
