//! A process that reads payloads in another language.
//!
//! It gets, for each payload, the place of its type in two bytes, its length in four, and the payload; it answers with a
//! byte for the verdict, a length in four bytes, and a text or the value written again. Numbers are big-endian.

use std::io::{BufReader, BufWriter, Read, Write};
use std::process::{Child, Command, Stdio};

/// What came of a payload.
#[derive(Debug)]
pub enum Verdict {
    /// It was read; the bytes are the value written again.
    Taken(Vec<u8>),
    /// It was refused for a reason, with a sentence.
    Refused { reason: String, message: String },
    /// It did harm: an error of no kind that a codec has, or a value that cannot be written.
    Harmed(String),
}

/// Has a process decide on all payloads.
pub fn decide(mut command: Command, payloads: &[(usize, Vec<u8>)]) -> Result<Vec<Verdict>, String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("{command:?} does not start: {error}"))?;
    let verdicts = exchange(&mut child, payloads);
    if verdicts.is_err() {
        // It may wait for more, which does not come.
        let _ = child.kill();
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    let verdicts = verdicts.map_err(|error| format!("{command:?}: {error}, and it ended with {status}"))?;
    if status.success() { Ok(verdicts) } else { Err(format!("{command:?} ended with {status}")) }
}

fn exchange(child: &mut Child, payloads: &[(usize, Vec<u8>)]) -> std::io::Result<Vec<Verdict>> {
    let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(std::io::Error::other("no pipes"));
    };
    std::thread::scope(|scope| {
        // Both at once, or two full pipes would wait for each other.
        let writing = scope.spawn(move || {
            let mut input = BufWriter::new(input);
            for (ty, payload) in payloads {
                input.write_all(&u16::try_from(*ty).unwrap_or(u16::MAX).to_be_bytes())?;
                input.write_all(&u32::try_from(payload.len()).unwrap_or(u32::MAX).to_be_bytes())?;
                input.write_all(payload)?;
            }
            input.flush()
        });
        let mut output = BufReader::new(output);
        let verdicts = payloads.iter().map(|_| verdict(&mut output)).collect::<std::io::Result<_>>();
        drop(output);
        let written = writing.join().unwrap_or_else(|_| Err(std::io::Error::other("the writer broke")));
        // Where the answers end early, that says more than the pipe that broke with them.
        let verdicts = verdicts?;
        written.map(|()| verdicts)
    })
}

fn verdict(output: &mut impl Read) -> std::io::Result<Verdict> {
    let mut head = [0; 5];
    output.read_exact(&mut head)?;
    let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
    let mut body = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
    output.read_exact(&mut body)?;
    let text = || String::from_utf8_lossy(&body).into_owned();
    Ok(match head[0] {
        0 => Verdict::Taken(body),
        1 => {
            let text = text();
            let (reason, message) = text.split_once('\n').unwrap_or((text.as_str(), ""));
            Verdict::Refused { reason: reason.to_owned(), message: message.to_owned() }
        }
        _ => Verdict::Harmed(text()),
    })
}
