//! Entries about types and values.

use super::Entry;

pub(super) const TYPE_ARGUMENTS: Entry = Entry {
    title: "a type has the wrong number of type arguments",
    why: "`list<T>` takes one and `map<K, V>` two. All other types take none.",
    failing: "ipc 1;
package example;

record Scores { by_name: map<u32> }
",
    mended: "ipc 1;
package example;

record Scores { by_name: map<string, u32> }
",
};

pub(super) const INFINITE_TYPE: Entry = Entry {
    title: "a type has no finite value",
    why: "A type may contain itself, but each value has to end: on the way back to the type there is a list, a map, an \
          enum with another variant, or a field or an element that is optional or nullable. Through `?`, newtype and \
          alias alone a reader would come back to the type without having read a byte, so that `newtype N = N?;` has no \
          end.",
    failing: "ipc 1;
package example;

record Node { value: i32, next: Node }
",
    mended: "ipc 1;
package example;

record Node { value: i32, next: Node? }
",
};

pub(super) const ALIAS_CYCLE: Entry = Entry {
    title: "an alias stands for itself",
    why: "An alias is only another name for a type, and languages cannot write one that contains itself. A newtype or a \
          record is a type of its own, and can.",
    failing: "ipc 1;
package example;

type Tree = list<Tree>;
",
    mended: "ipc 1;
package example;

newtype Tree = list<Tree>;
",
};

pub(super) const DOUBLE_OPTIONAL: Entry = Entry {
    title: "a value can be missing in two ways that are read as one",
    why: "`f?: T` may be absent, and nil is read as absent; `f: T?` may be nil, and absent is read as nil; `f: T = v` \
          is `v` where it is absent. Two of them at once, or a `?` on what may be nil already, could not be told apart \
          by whoever reads it, also where an alias or a newtype is between them.",
    failing: "ipc 1;
package example;

record Order { note?: string? }
",
    mended: "ipc 1;
package example;

record Order { note?: string }
",
};

pub(super) const MAP_KEY: Entry = Entry {
    title: "a type cannot be the key of a map",
    why: "Keys have to be keys in every language: strings, integers, bools, enums without data that are a string or a \
          number on the wire, and aliases and newtypes of these.",
    failing: "ipc 1;
package example;

record Grid { cells: map<(i32, i32), string> }
",
    mended: "ipc 1;
package example;

record Cell { at: (i32, i32), text: string }
record Grid { cells: list<Cell> }
",
};

pub(super) const TAG_COLLISION: Entry = Entry {
    title: "a field of a variant stands where the tag stands",
    why: "An enum with data is a map in which the tag, `type` unless `@tag` says otherwise, names the variant. The \
          fields of a struct variant stand beside it, the data of a tuple variant under `value`.",
    failing: "ipc 1;
package example;

enum Event { Opened { type: string }, Closed }
",
    mended: "ipc 1;
package example;

enum Event @tag(\"event\") { Opened { type: string }, Closed }
",
};

pub(super) const REPRESENTATION: Entry = Entry {
    title: "numbers of variants and `@repr` do not go together",
    why: "Under `@repr` each variant has a number in the range of its type and no data. Without `@repr` variants go by \
          name and have no numbers.",
    failing: "ipc 1;
package example;

enum Level { Low = 1, High = 2 }
",
    mended: "ipc 1;
package example;

enum Level @repr(u8) { Low = 1, High = 2 }
",
};

pub(super) const NO_VARIANTS: Entry = Entry {
    title: "an enum or an error has no variant",
    why: "There would be no value of it that anybody could send.",
    failing: "ipc 1;
package example;

enum Side {}
",
    mended: "ipc 1;
package example;

enum Side { Buy, Sell }
",
};

pub(super) const INVALID_DEFAULT: Entry = Entry {
    title: "a default or a constant does not fit its type",
    why: "A default is a bool, a number in the range of the type, a string, a duration, `[]`, `{}`, the bare name of a \
          variant without data, or a constant. A constant is a bool, number, string or duration.",
    failing: "ipc 1;
package example;

record Query { limit: u8 = 1000 }
",
    mended: "ipc 1;
package example;

record Query { limit: u16 = 1000 }
",
};

pub(super) const INVALID_CONSTRAINT: Entry = Entry {
    title: "a constraint does not fit its type, or no value satisfies it",
    why: "`@len` is of strings, bytes, lists and maps, `@range` of numbers and durations, `@pattern` of strings. They \
          stand directly behind a built-in type: what is declared is constrained where it is declared, so that one \
          name means one set of values.",
    failing: "ipc 1;
package example;

record Order { qty: u32 @range(10..=1), symbol: string @range(1..) }
",
    mended: "ipc 1;
package example;

record Order { qty: u32 @range(1..=10), symbol: string @len(1..) }
",
};

pub(super) const INVALID_PATTERN: Entry = Entry {
    title: "a pattern is not in the subset that all languages share",
    why: "A pattern is checked by the regular expressions of Rust, JavaScript and Python, which agree on less than each \
          of them has: there is no lookaround, no backreference and no flag. What is left means the same everywhere.",
    failing: "ipc 1;
package example;

newtype Symbol = string @pattern(\"^(?=[A-Z]).+$\");
",
    mended: "ipc 1;
package example;

newtype Symbol = string @pattern(\"^[A-Z].*$\");
",
};

pub(super) const INVALID_EXT: Entry = Entry {
    title: "the code or a type of an `ext` cannot be",
    why: "The code is from 16 to 127, and one of its own in a package. The types that stand for it are a path in Rust, a \
          module and a name in TypeScript (`decimal.js#Decimal`), and in Python (`decimal.Decimal`). What it is written \
          as cannot be nil.",
    failing: "ipc 1;
package example;

ext Price = 3 as string { ts: \"Decimal\"; }
",
    mended: "ipc 1;
package example;

ext Price = 16 as string { ts: \"decimal.js#Decimal\"; }
",
};
