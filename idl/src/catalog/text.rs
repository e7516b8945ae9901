//! Entries about the text of a schema.

use super::Entry;

pub(super) const SYNTAX: Entry = Entry {
    title: "the text does not follow the grammar",
    why: "Something is missing, is too much, or stands in the wrong order. The message says what could have stood at \
          that place. Each item of a file is read by itself, so that a mistake in one hides nothing in the others.",
    failing: "ipc 1;
package example;

record Point { x: f64 y: f64 }
",
    mended: "ipc 1;
package example;

record Point { x: f64, y: f64 }
",
};

pub(super) const UNCLOSED: Entry = Entry {
    title: "a string, a comment or a bracket is not closed",
    why: "A string ends on the line that it began on. A bracket is closed before the next item begins; an item begins \
          where a line starts with its keyword and its name.",
    failing: "ipc 1;
package example;

record Point {
  x: f64,

record Line { from: Point, to: Point }
",
    mended: "ipc 1;
package example;

record Point {
  x: f64,
}

record Line { from: Point, to: Point }
",
};

pub(super) const FORBIDDEN_CHARACTER: Entry = Entry {
    title: "a character that may not stand in a schema",
    why: "Control characters and those that turn the direction of a text make a schema look like something that it is \
          not, and break generated code. They are refused everywhere, in comments and by escape, too. Outside of \
          strings and comments only ASCII may stand.",
    failing: "ipc 1;
package example;

record Greeting { text: string = \"Hello\\u{202e}\" }
",
    mended: "ipc 1;
package example;

record Greeting { text: string = \"Hello\" }
",
};

pub(super) const LIMIT: Entry = Entry {
    title: "a limit against hostile schemas was met",
    why: "A file has at most 4 MiB and 100,000 items. Brackets are nested at most 64 deep, names have at most 255 \
          characters, tuples at most 12 elements, and at most 8 aliases and newtypes follow each other. A schema that \
          people wrote is far below; the limits keep one that was made to do harm from taking the compiler's time and \
          memory.",
    failing: "ipc 1;
package example;

type Deep = (((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((u8,),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),),);
",
    mended: "ipc 1;
package example;

type Flat = (u8, u8);
",
};

pub(super) const HEADER: Entry = Entry {
    title: "the file does not begin with its edition and its package",
    why: "A file says with `ipc 1;` which edition of the language it is written in, so that the language can change \
          without breaking it, and then with `package name;` what its declarations belong to. Both stand once, in this \
          order, before everything else but comments and `//!` docs.",
    failing: "package example;

record Point { x: f64, y: f64 }
",
    mended: "ipc 1;
package example;

record Point { x: f64, y: f64 }
",
};

pub(super) const DANGLING_DOC: Entry = Entry {
    title: "a doc comment documents nothing",
    why: "`///` documents what follows and `//!` the file. Where nothing follows, the text would not reach anybody. \
          A comment that is not documentation begins with `//` or `////`.",
    failing: "ipc 1;
package example;

record Point {
  x: f64,
  y: f64,
  /// In metres.
}
",
    mended: "ipc 1;
package example;

/// In metres.
record Point {
  x: f64,
  y: f64,
}
",
};

pub(super) const INVALID_LITERAL: Entry = Entry {
    title: "a literal has no value",
    why: "A string knows the escapes `\\n`, `\\t`, `\\\"`, `\\\\` and `\\u{..}`; a raw string `r\"..\"` knows none. \
          Numbers are decimal or hexadecimal, with `_`, a fraction or an exponent. Durations are whole microseconds up \
          to 2^53 - 1, written with `us`, `ms`, `s`, `m` or `h`.",
    failing: "ipc 1;
package example;

const HOME: string = \"C:\\Users\";
",
    mended: "ipc 1;
package example;

const HOME: string = r\"C:\\Users\";
",
};

pub(super) const UNKNOWN_ANNOTATION: Entry = Entry {
    title: "there is no such annotation",
    why: "Annotations are a closed set, so that a slip is not taken for one that says nothing.",
    failing: "ipc 1;
package example;

record User { @wrie(\"userName\") user_name: string }
",
    mended: "ipc 1;
package example;

record User { @wire(\"userName\") user_name: string }
",
};

pub(super) const MISPLACED_ANNOTATION: Entry = Entry {
    title: "an annotation stands where it means nothing",
    why: "Annotations about a declaration stand before it, those about the form of an enum behind its name. Each stands \
          once and takes its own arguments; forms exclude each other. Errors always have the same form.",
    failing: "ipc 1;
package example;

@tag(\"kind\")
enum Shape { Circle(f64), Square(f64) }
",
    mended: "ipc 1;
package example;

enum Shape @tag(\"kind\") { Circle(f64), Square(f64) }
",
};
