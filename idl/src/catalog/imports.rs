//! Entries about imports. Their examples import what stands in [`LIBRARY`](super::LIBRARY).

use super::Entry;

pub(super) const UNKNOWN_IMPORT: Entry = Entry {
    title: "an import of what is not there",
    why: "`use a.b;` reads the file `a/b.ipc` below the root folder, and `use \"f.ipc\";` a file beside this one; what \
          stands in braces is a name that the package declares. The root folder is the one of the schema that is \
          compiled, unless the nearest `ipc.toml` says otherwise with `root = \"..\"`. The file says the same name \
          behind `package`.",
    failing: "ipc 1;
package example;

use acme.commno;

record Order { price: commno.Money }
",
    mended: "ipc 1;
package example;

use acme.common;

record Order { price: common.Money }
",
};

pub(super) const IMPORT_OUTSIDE_ROOT: Entry = Entry {
    title: "an import of a file outside of the root folder",
    why: "A schema imports what lies in its root folder or below it, so that nobody's schema reads what its author may \
          not see. Links do not lead out either. `root = \"..\"` in an `ipc.toml` makes another folder the root.",
    failing: "ipc 1;
package example;

use \"../acme/common.ipc\";

record Order { price: common.Money }
",
    mended: "ipc 1;
package example;

use \"acme/common.ipc\";

record Order { price: common.Money }
",
};

pub(super) const IMPORT_CYCLE: Entry = Entry {
    title: "packages import each other in a circle",
    why: "In Rust, TypeScript and Python a package becomes a file of its own, and files that need each other before \
          either is there cannot all be loaded. What two packages both need is declared in a third one.",
    failing: "ipc 1;
package example;

use example;

record Order { price: Money }
record Money { units: i64 }
",
    mended: "ipc 1;
package example;

record Order { price: Money }
record Money { units: i64 }
",
};

pub(super) const UNUSED_IMPORT: Entry = Entry {
    title: "an import that nothing uses",
    why: "Who reads the file looks for what it needs of the other one, and does not find it; and the other one is read \
          for nothing. `ipcgen lint --fix` takes it out.",
    failing: "ipc 1;
package example;

use acme.common;
use acme.common.{Currency, Money};

record Order { price: Money }
",
    mended: "ipc 1;
package example;

use acme.common.{Money};

record Order { price: Money }
",
};
