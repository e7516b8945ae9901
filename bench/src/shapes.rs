//! The same shapes as a schema of ours, as proto3, and as serde structs.
//!
//! Records come in chains of five: each of the first four has a list of the next one.

use std::fmt::Write as _;

/// How large a schema is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Records of eight fields.
    pub records: usize,
    /// Methods, each from the head of a chain to itself.
    pub methods: usize,
}

const CHAIN: usize = 5;

impl Size {
    fn next(self, record: usize) -> Option<usize> {
        let next = record + 1;
        (!next.is_multiple_of(CHAIN) && next < self.records).then_some(next)
    }

    fn head(self, method: usize) -> usize {
        method * CHAIN % self.records
    }
}

/// Our schema.
pub fn ipc(size: Size) -> String {
    let mut out = String::from("ipc 1;\npackage shapes;\n");
    for record in 0..size.records {
        let next = size.next(record).map_or("list<u32>".to_owned(), |next| format!("list<Record{next}>"));
        let _ = write!(
            out,
            "\n/// What the desk knows about item {record}.\nrecord Record{record} {{\n  /// The item's number.\n  id: u64,\n  name: string,\n  score: f64,\n  \
             active: bool,\n  tags: list<string>,\n  count?: u32,\n  labels: map<string, string>,\n  next: {next},\n}}\n"
        );
    }
    out.push_str("\n/// Everything at once.\nservice Shapes {\n");
    for method in 0..size.methods {
        let head = size.head(method);
        let _ = writeln!(out, "  /// Stores item {head}.\n  store{method}(Record{head}) -> Record{head};");
    }
    out.push_str("}\n");
    out
}

/// The same for protoc.
pub fn proto(size: Size) -> String {
    let mut out = String::from("syntax = \"proto3\";\n\npackage shapes;\n");
    for record in 0..size.records {
        let next = size.next(record).map_or("uint32".to_owned(), |next| format!("Record{next}"));
        let _ = write!(
            out,
            "\n// What the desk knows about item {record}.\nmessage Record{record} {{\n  // The item's number.\n  uint64 id = 1;\n  string name = 2;\n  \
             double score = 3;\n  bool active = 4;\n  repeated string tags = 5;\n  optional uint32 count = 6;\n  \
             map<string, string> labels = 7;\n  repeated {next} next = 8;\n}}\n"
        );
    }
    out.push_str("\n// Everything at once.\nservice Shapes {\n");
    for method in 0..size.methods {
        let head = size.head(method);
        let _ = writeln!(out, "  // Stores item {head}.\n  rpc Store{method}(Record{head}) returns (Record{head});");
    }
    out.push_str("}\n");
    out
}

/// A program that serves and calls our generated code, which is the module `shapes`.
pub fn ours(size: Size) -> String {
    let mut out = String::from(
        "mod shapes;\n\nuse procwire::Error;\nuse shapes::*;\n\nstruct Desk;\n\n#[procwire::service]\nimpl Shapes for Desk {\n",
    );
    for method in 0..size.methods {
        let head = size.head(method);
        let _ = writeln!(
            out,
            "    async fn store{method}(&self, record: Record{head}) -> Result<Record{head}, Error> {{\n        Ok(record)\n    }}\n"
        );
    }
    out.push_str("}\n\nasync fn parent(client: &ShapesClient) -> Result<(), Error> {\n");
    for method in 0..size.methods {
        let _ = writeln!(out, "    client.store{method}(value()).await?;");
    }
    out.push_str(
        "    Ok(())\n}\n\nfn value<T>() -> T {\n    std::process::exit(1)\n}\n\n\
         #[tokio::main(flavor = \"current_thread\")]\nasync fn main() -> Result<(), Box<dyn std::error::Error>> {\n    \
         if let Some(worker) = std::env::args().nth(1) {\n        \
         parent(&ShapesClient::spawn(tokio::process::Command::new(worker)).await?).await?;\n    } else {\n        \
         procwire::Worker::new(Desk).serve().await?;\n    }\n    Ok(())\n}\n",
    );
    out
}

/// A program that does the same with serde and rmp-serde, without a connection: a worker's dispatcher by name, and a
/// parent's call that encodes and decodes.
pub fn serde(size: Size) -> String {
    let mut out = String::from(
        "use std::collections::BTreeMap;\nuse std::error::Error;\n\nuse serde::{Deserialize, Serialize};\n",
    );
    for record in 0..size.records {
        let next = size.next(record).map_or("u32".to_owned(), |next| format!("Record{next}"));
        let _ = write!(
            out,
            "\n/// What the desk knows about item {record}.\n#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]\npub struct Record{record} {{\n    \
             /// The item's number.\n    pub id: u64,\n    pub name: String,\n    pub score: f64,\n    pub active: bool,\n    pub tags: Vec<String>,\n    \
             #[serde(default, skip_serializing_if = \"Option::is_none\")]\n    pub count: Option<u32>,\n    \
             pub labels: BTreeMap<String, String>,\n    pub next: Vec<{next}>,\n}}\n"
        );
    }
    out.push_str("\nstruct Desk;\n\nimpl Desk {\n");
    for method in 0..size.methods {
        let head = size.head(method);
        let _ = writeln!(
            out,
            "    async fn store{method}(&self, record: Record{head}) -> Result<Record{head}, Box<dyn Error>> {{\n        Ok(record)\n    }}\n"
        );
    }
    out.push_str(
        "}\n\nasync fn dispatch(desk: &Desk, method: &str, payload: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {\n    match method {\n",
    );
    for method in 0..size.methods {
        let _ = writeln!(
            out,
            "        \"store{method}\" => Ok(rmp_serde::to_vec_named(&desk.store{method}(rmp_serde::from_slice(payload)?).await?)?),"
        );
    }
    out.push_str("        _ => Err(method.into()),\n    }\n}\n\npub struct Client(Desk);\n\nimpl Client {\n");
    for method in 0..size.methods {
        let head = size.head(method);
        let _ = writeln!(
            out,
            "    pub async fn store{method}(&self, record: &Record{head}) -> Result<Record{head}, Box<dyn Error>> {{\n        \
             let answer = dispatch(&self.0, \"store{method}\", &rmp_serde::to_vec_named(record)?).await?;\n        \
             Ok(rmp_serde::from_slice(&answer)?)\n    }}\n"
        );
    }
    out.push_str(
        "}\n\n#[tokio::main(flavor = \"current_thread\")]\nasync fn main() -> Result<(), Box<dyn Error>> {\n    let client = Client(Desk);\n    \
         if let Some(method) = std::env::args().nth(1) {\n        dispatch(&client.0, &method, &[]).await?;\n    }\n",
    );
    for method in 0..size.methods {
        let _ = writeln!(out, "    client.store{method}(&value()).await?;");
    }
    out.push_str("    Ok(())\n}\n\nfn value<T>() -> T {\n    std::process::exit(1)\n}\n");
    out
}
