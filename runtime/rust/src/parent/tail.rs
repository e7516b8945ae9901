//! The last lines that a child wrote on stderr, for the errors that its end causes.

use std::collections::VecDeque;

const LINES: usize = 20;
/// A longer line keeps its beginning.
const LINE_BYTES: usize = 1000;

/// Keeps the last lines of a stream.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    lines: VecDeque<String>,
    open: Vec<u8>,
}

impl Tail {
    /// Takes what came next.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        for part in bytes.split_inclusive(|&byte| byte == b'\n') {
            let text = part.strip_suffix(b"\n").unwrap_or(part);
            let room = LINE_BYTES.saturating_sub(self.open.len());
            self.open.extend_from_slice(&text[..text.len().min(room)]);
            if text.len() < part.len() {
                self.close();
            }
        }
    }

    /// The lines, the last one included even where it has no end yet.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.lines.iter().cloned().collect();
        lines.extend(clean(&self.open));
        lines
    }

    fn close(&mut self) {
        let open = std::mem::take(&mut self.open);
        if let Some(line) = clean(&open) {
            if self.lines.len() == LINES {
                self.lines.pop_front();
            }
            self.lines.push_back(line);
        }
    }
}

/// Lines go into messages, where a control character would steer a terminal.
fn clean(line: &[u8]) -> Option<String> {
    let line = String::from_utf8_lossy(line);
    let line: String =
        line.trim_end().chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect();
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept_whatever_the_pieces() {
        let mut tail = Tail::default();
        for number in 0..100 {
            tail.push(format!("line {number}").as_bytes());
            tail.push(b"\r\n\n");
        }
        tail.push(b"no end");
        let lines = tail.lines();
        assert_eq!(lines.len(), LINES + 1);
        assert_eq!(lines[0], "line 80");
        assert_eq!(lines[LINES], "no end");
    }

    #[test]
    fn a_long_line_and_control_characters_are_cut() {
        let mut tail = Tail::default();
        for _ in 0..1000 {
            tail.push(&[b'x'; 1000]);
        }
        tail.push(b"\n\x1b[31mred\xff\n");
        assert_eq!(tail.lines()[0].len(), LINE_BYTES);
        assert_eq!(tail.lines()[1], "\u{fffd}[31mred\u{fffd}");
    }
}
