//! Entries about services.

use super::Entry;

pub(super) const RAW_SHAPE: Entry = Entry {
    title: "`@codec(raw)` stands on another shape than bytes",
    why: "A raw payload is the bytes themselves, with nothing around them that could hold names or several values. A raw \
          method takes one bare `bytes` or nothing, and answers `bytes`, `stream bytes`, `ack bytes`, `ack`, `none` or \
          unit; a raw event carries one bare `bytes`.",
    failing: "ipc 1;
package example;

service Files {
  @codec(raw) upload(name: string, data: bytes) -> u64;
}
",
    mended: "ipc 1;
package example;

service Files {
  @codec(raw) upload(bytes) -> bytes;
}
",
};

pub(super) const INVALID_THROWS: Entry = Entry {
    title: "a method throws what it cannot",
    why: "What stands behind `throws` is declared with `error`. A method that answers `none` has nobody to tell.",
    failing: "ipc 1;
package example;

enum Problem { NotFound, Broken }
service Files { read(path: string) -> bytes throws Problem; }
",
    mended: "ipc 1;
package example;

error Problem { NotFound, Broken }
service Files { read(path: string) -> bytes throws Problem; }
",
};

pub(super) const INVALID_MODULE: Entry = Entry {
    title: "a module names what it cannot provide or need",
    why: "A module is one child: the services that it provides, the callbacks that its parent has to answer, and those \
          that it can do without. What stands behind `provides` is a service; what stands behind `requires` and \
          `optional` is a callback with its namespace, or a whole namespace as `trading.*`. Each is named once, and two \
          services of one module have no name on the wire in common.",
    failing: "ipc 1;
package example;

service Files { read(path: string) -> bytes; }
callbacks host { Position(account: string) -> i64; }

module Reader {
  provides Files;
  requires Position;
}
",
    mended: "ipc 1;
package example;

service Files { read(path: string) -> bytes; }
callbacks host { Position(account: string) -> i64; }

module Reader {
  provides Files;
  requires host.Position;
}
",
};
