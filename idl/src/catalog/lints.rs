//! Entries about lints.

use super::Entry;

pub(super) const BARE_PARAMETER: Entry = Entry {
    title: "a bare parameter cannot grow",
    why: "The payload of a bare parameter is its value, so that there is no place for another parameter later. \
          Named ones travel as a map. A bare record or a bare enum with data can grow by itself.",
    failing: "ipc 1;
package example;

service Search { find(string) -> list<string>; }
",
    mended: "ipc 1;
package example;

service Search { find(text: string) -> list<string>; }
",
};

pub(super) const DEEP_NESTING: Entry = Entry {
    title: "types are nested too deep to read",
    why: "What stands at the fourth level of brackets has no name, and no documentation. A record gives it both, \
          and can grow.",
    failing: "ipc 1;
package example;

service Search { find(text: string) -> list<map<string, list<(u32, string)>>>; }
",
    mended: "ipc 1;
package example;

record Hit { line: u32, text: string }
service Search { find(text: string) -> list<map<string, list<Hit>>>; }
",
};

pub(super) const EVENT_WITHOUT_PAYLOAD_RECORD: Entry = Entry {
    title: "the payload of an event cannot grow",
    why: "What an event carries is read by parents of any age. Named parameters and records can gain fields, a \
          single value cannot.",
    failing: "ipc 1;
package example;

service Search { event progress(u8); }
",
    mended: "ipc 1;
package example;

service Search { event progress(percent: u8); }
",
};

pub(super) const FLOAT_FOR_MONEY: Entry = Entry {
    title: "money is a float",
    why: "A float holds 0.1 only nearly, so that sums are wrong in the end. Write the smallest unit as a whole \
          number, or decimal text.",
    failing: "ipc 1;
package example;

record Order { price: f64 }
service Orders { place(order: Order); }
",
    mended: "ipc 1;
package example;

record Order { price_cents: i64 }
service Orders { place(order: Order); }
",
};

pub(super) const LARGE_FIELD: Entry = Entry {
    title: "an event carries bytes of any size",
    why: "Nobody asks for an event, and a parent cannot slow one down: what is sent has to be held. Large data is \
          better answered by a call, where a stream goes as fast as its reader.",
    failing: "ipc 1;
package example;

service Camera { event frame(image: bytes); }
",
    mended: "ipc 1;
package example;

service Camera { event frame(image: bytes @len(..=64KiB)); }
",
};

pub(super) const MISSING_DOCS: Entry = Entry {
    title: "a declaration has no documentation",
    why: "A schema is where two programs, and the people behind them, agree. What stands behind `///` reaches \
          the generated code of every language.",
    failing: "ipc 1;
package example;

/// Searches.
service Search { find(text: string); }
",
    mended: "ipc 1;
package example;

/// Searches.
service Search {
  /// Finds a text.
  find(text: string);
}
",
};

pub(super) const NAMING: Entry = Entry {
    title: "a name is not written as its kind is",
    why: "Types, services and variants are written as `OrderType`, fields, methods and events as `order_type` or \
          `orderType`, constants as `MAX_ORDERS`. Generated code writes them as each language does, and one way \
          in the schema keeps them easy to find.",
    failing: "ipc 1;
package example;

record order { Id: u64 }
service Orders { place(order: order); }
",
    mended: "ipc 1;
package example;

record Order { id: u64 }
service Orders { place(order: Order); }
",
};

pub(super) const NO_TIMEOUT: Entry = Entry {
    title: "a method says nothing of how long it takes",
    why: "Whoever writes a method knows best after what time an answer is not to be expected any more. Without a word \
          of theirs each call waits as long as the parent's general limit, which suits few.",
    failing: "ipc 1;
package example;

service Quotes { last(symbol: string) -> string; }
",
    mended: "ipc 1;
package example;

service Quotes { @timeout(2s) last(symbol: string) -> string; }
",
};

pub(super) const RETRY_WITHOUT_IDEMPOTENT: Entry = Entry {
    title: "a failure is worth another try, and the method is never tried again",
    why: "A call is sent again only where the method is `@idempotent`: a second order is not what its caller wanted. \
          Either the method is, or `@retry` promises what nobody does.",
    failing: "ipc 1;
package example;

error Busy { @retry Limited }
service Quotes { last(symbol: string) -> string throws Busy; }
",
    mended: "ipc 1;
package example;

error Busy { @retry Limited }
service Quotes { @idempotent last(symbol: string) -> string throws Busy; }
",
};

pub(super) const SHADOWED_NAME: Entry = Entry {
    title: "a language keeps a name for itself",
    why: "A keyword, or a name that generated code needs, gets a trailing `_` in that language. The wire and the other \
          languages keep the name; whoever reads the code finds another one. `@py(name = \"..\")` chooses it.",
    failing: "ipc 1;
package example;

record Course { class: string }
service Courses { add(course: Course); }
",
    mended: "ipc 1;
package example;

record Course { @py(name = \"kind\") class: string }
service Courses { add(course: Course); }
",
};

pub(super) const STRICT_IN_ANSWER: Entry = Entry {
    title: "a worker writes a strict type",
    why: "A parent refuses a strict type with something in it that it does not know, so that every addition has \
          to reach all parents before the first worker. Strict types are for requests, where refusing is safer \
          than passing over.",
    failing: "ipc 1;
package example;

strict record Quote { price: u64 }
service Quotes { last(symbol: string) -> Quote; }
",
    mended: "ipc 1;
package example;

record Quote { price: u64 }
service Quotes { last(symbol: string) -> Quote; }
",
};

pub(super) const UNTAGGED_ENUM: Entry = Entry {
    title: "an enum that a worker writes can never carry data",
    why: "Without data an enum is a string, or a number, and a parent reads nothing else. With `@tagged` it is a \
          map from the start, and can gain data.",
    failing: "ipc 1;
package example;

enum State { Idle, Busy }
service Engine { state() -> State; }
",
    mended: "ipc 1;
package example;

enum State @tagged { Idle, Busy }
service Engine { state() -> State; }
",
};

pub(super) const UNUSED_TYPE: Entry = Entry {
    title: "no method and no event uses a type",
    why: "A type that nothing reaches is never on the wire; perhaps a method was forgotten. In a file without \
          services types are for others, and are not told.",
    failing: "ipc 1;
package example;

record Order { id: u64 }
record Draft { id: u64 }
service Orders { place(order: Order); }
",
    mended: "ipc 1;
package example;

record Order { id: u64 }
service Orders { place(order: Order); }
",
};

pub(super) const WIDE_INT_FOR_JS: Entry = Entry {
    title: "nothing says what a 64-bit integer is in JavaScript",
    why: "A number of JavaScript is exact up to 2^53 - 1. TypeScript gets a `bigint`, which does not mix with \
          numbers; `@ts(number)` asks for a number that is checked, `@ts(bigint)` says that the other is meant.",
    failing: "ipc 1;
package example;

record Order { id: u64 }
service Orders { place(order: Order); }
",
    mended: "ipc 1;
package example;

record Order { id: u64 @ts(bigint) }
service Orders { place(order: Order); }
",
};

pub(super) const REMOVED_WITHOUT_RESERVED: Entry = Entry {
    title: "a name is gone and not reserved",
    why: "A name that comes back with another meaning is read as the old one by whoever is not upgraded; `reserved` keeps it \
          from that. The rule needs an earlier version: `ipcgen lint --against git:main`, or `against` under `[breaking]` of \
          ipc.toml. Here it is a record that had a field `note`.",
    failing: "ipc 1;
package example;

record Order { id: u64 }
service Orders { place(order: Order); }
",
    mended: "ipc 1;
package example;

record Order { id: u64, reserved \"note\" }
service Orders { place(order: Order); }
",
};
