//! Entries about names.

use super::Entry;

pub(super) const DUPLICATE_NAME: Entry = Entry {
    title: "two declarations have one name",
    why: "Types, constants and services of a package share their names, since some language that is generated has one \
          place for them all.",
    failing: "ipc 1;
package example;

record User { id: uuid }
record User { name: string }
",
    mended: "ipc 1;
package example;

record User { id: uuid }
record Profile { name: string }
",
};

pub(super) const DUPLICATE_FIELD: Entry = Entry {
    title: "two fields or parameters have one name",
    why: "Fields travel as entries of a map, keyed by their names.",
    failing: "ipc 1;
package example;

record User { id: uuid, name: string, id: u64 }
",
    mended: "ipc 1;
package example;

record User { id: uuid, name: string, number: u64 }
",
};

pub(super) const DUPLICATE_VARIANT: Entry = Entry {
    title: "two variants have one name or one number",
    why: "A variant is known by its name on the wire, or by its number under `@repr`; of two that are the same only one \
          could ever arrive.",
    failing: "ipc 1;
package example;

enum Mode @repr(u8) { Paper = 0, Live = 1, Replay = 1 }
",
    mended: "ipc 1;
package example;

enum Mode @repr(u8) { Paper = 0, Live = 1, Replay = 2 }
",
};

pub(super) const DUPLICATE_METHOD: Entry = Entry {
    title: "two methods or events of a service have one name",
    why: "Methods and events become functions of one trait, so that they share their names.",
    failing: "ipc 1;
package example;

service Jobs {
  progress() -> f64;
  event progress(percent: u8);
}
",
    mended: "ipc 1;
package example;

service Jobs {
  current_progress() -> f64;
  event progress(percent: u8);
}
",
};

pub(super) const DUPLICATE_WIRE_NAME: Entry = Entry {
    title: "two things have one name on the wire",
    why: "What a peer sends is told apart by the names on the wire alone. `@wire` sets one, and without it the name is \
          what is written in the schema.",
    failing: "ipc 1;
package example;

record User { id: uuid, @wire(\"id\") number: u64 }
",
    mended: "ipc 1;
package example;

record User { id: uuid, @wire(\"number\") count: u64 }
",
};

pub(super) const NAME_COLLISION: Entry = Entry {
    title: "two names would be one in generated code",
    why: "Generated code writes names as each language does: `user_id`, `userId` and `UserId` are one name in another \
          case. It also derives names, such as `TradingClient` from a service `Trading`, `TradingProgress` from its \
          event `progress`, and `OrderInput` from a record `Order`.",
    failing: "ipc 1;
package example;

service Trading { ping(); }
record TradingClient { id: uuid }
",
    mended: "ipc 1;
package example;

service Trading { ping(); }
record Client { id: uuid }
",
};

pub(super) const BUILT_IN_NAME: Entry = Entry {
    title: "a declared type takes the name of a built-in one",
    why: "A reader of the schema takes `list` and `string` for what they always are.",
    failing: "ipc 1;
package example;

record duration { seconds: u32 }
",
    mended: "ipc 1;
package example;

record Duration { seconds: u32 }
",
};

pub(super) const RESERVED_NAME: Entry = Entry {
    title: "a reserved name or number is used again",
    why: "`reserved` keeps what was removed from coming back with another meaning, while peers that know the old \
          meaning are still about.",
    failing: "ipc 1;
package example;

record Order { id: uuid, comment: u32, reserved \"comment\" }
",
    mended: "ipc 1;
package example;

record Order { id: uuid, comment_id: u32, reserved \"comment\" }
",
};

pub(super) const RESERVED_WIRE_NAME: Entry = Entry {
    title: "a name on the wire is not to be had",
    why: "`$schema`, `$health` and what begins with `$ipc` are the runtime's own. `__proto__` is no plain key in \
          JavaScript, and an empty name is none.",
    failing: "ipc 1;
package example;

service Monitor {
  @wire(\"$health\") health() -> string;
}
",
    mended: "ipc 1;
package example;

service Monitor {
  @wire(\"$/health\") health() -> string;
}
",
};

pub(super) const UNKNOWN_TYPE: Entry = Entry {
    title: "there is no such type",
    why: "A type is a built-in one or is declared in the file, in any order. Behind `throws` an `error` is wanted.",
    failing: "ipc 1;
package example;

record Order { id: uuid, price: Prize }
record Price { amount: i64, currency: string }
",
    mended: "ipc 1;
package example;

record Order { id: uuid, price: Price }
record Price { amount: i64, currency: string }
",
};

pub(super) const UNKNOWN_CONST: Entry = Entry {
    title: "there is no such constant, or it is its own value",
    why: "A name as a default is a variant where the type is an enum, and a constant everywhere else.",
    failing: "ipc 1;
package example;

const PAGE: u32 = 50;
record Query { limit: u32 = PAGES }
",
    mended: "ipc 1;
package example;

const PAGE: u32 = 50;
record Query { limit: u32 = PAGE }
",
};
