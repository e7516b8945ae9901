//! The Rust parent with its worker, as a user would run it.

use std::process::Command;

#[test]
fn the_parent_gets_all_that_it_asks_for() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("README.md"), "# procwire\nthe first line\nand Procwire again\n").unwrap();
    std::fs::write(folder.path().join("picture"), [0xff, 0xfe]).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_textsearch-parent")).arg(folder.path()).output().unwrap();
    let (text, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}{log}");
    for line in [
        "result  declared error: NoIndex",
        "ack     2 files, 47 bytes",
        "event   progress: 2 of 2 files",
        "stream  README.md:1, README.md:3; end",
        "result  3 lines, 8 words",
        "stream  declared error: BadPattern",
        "stream  README.md:1; abort",
        "has ended",
    ] {
        assert!(text.contains(line), "`{line}` is missing in:\n{text}{log}");
    }
    assert!(log.contains("worker: Info: a parent in Rust is here"), "{log}");
}
