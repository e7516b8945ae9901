//! Generators outside of this program: one reads a schema on its standard input, and answers files on its output.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::thread;

use procwire_codegen::Files;
use serde::Deserialize;

use crate::json::Json;

/// The most that a plugin may answer, in bytes.
const LIMIT: u64 = 256 * 1024 * 1024;

/// What a plugin answers: `Answer` of `forms/model.ipc`.
#[derive(Debug, Deserialize)]
struct Answer {
    #[serde(default)]
    files: Vec<File>,
    #[serde(default)]
    problems: Vec<Problem>,
}

#[derive(Debug, Deserialize)]
struct File {
    path: String,
    text: String,
}

/// Something that a plugin has to say about a schema.
#[derive(Debug, Deserialize)]
pub struct Problem {
    /// How grave it is.
    pub severity: Severity,
    /// What it says.
    pub message: String,
    /// Where, if it says so.
    pub place: Option<Place>,
}

/// How grave a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Severity {
    /// No file is written.
    Error,
    /// Files are written all the same.
    Warning,
}

/// A place in a schema.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Place {
    /// An index into the model's packages.
    pub package: usize,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
}

/// Runs a plugin: a program with its arguments, parted by blanks. What it says on its standard error is passed on.
pub fn run(command: &str, schema: Json, options: &[(String, String)]) -> Result<(Files, Vec<Problem>), String> {
    let mut words = command.split_whitespace();
    let program = words.next().ok_or("--plugin: the command is empty")?;
    let mut child = Command::new(program)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("the plugin `{program}` does not start: {error}"))?;
    let request = Json::Object(vec![("schema", schema), ("options", Json::Map(options.to_vec()))]).to_json();
    let mut input = child.stdin.take().ok_or("the plugin has no standard input")?;
    // A plugin may answer before it has read everything, and one that needs nothing of the schema may read nothing.
    let writer = thread::spawn(move || drop(input.write_all(request.as_bytes())));
    let mut answer = Vec::new();
    let output = child.stdout.take().ok_or("the plugin has no standard output")?;
    let read = output.take(LIMIT + 1).read_to_end(&mut answer);
    if answer.len() as u64 > LIMIT {
        // It goes on writing otherwise, and its end would never come.
        let _ = child.kill();
    }
    let status = child.wait().map_err(|error| format!("the plugin `{command}` cannot be waited for: {error}"))?;
    let _ = writer.join();
    read.map_err(|error| format!("the plugin `{command}` cannot be read: {error}"))?;
    if answer.len() as u64 > LIMIT {
        return Err(format!("the plugin `{command}` answers more than {} MiB", LIMIT / 1024 / 1024));
    }
    if !status.success() {
        return Err(format!("the plugin `{command}` failed ({status})"));
    }
    let answer: Answer = serde_json::from_slice(&answer).map_err(|error| {
        format!("the plugin `{command}` does not answer `{{\"files\": [{{\"path\": .., \"text\": ..}}]}}`: {error}")
    })?;
    let mut files = Files::default();
    for File { path, text } in answer.files {
        files.add(&path, text).map_err(|error| format!("the plugin `{command}`: {error}"))?;
    }
    Ok((files, answer.problems))
}
