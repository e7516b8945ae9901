//! Reading a pattern.

use super::{Class, DEPTH, Mistake, Node, STEPS};

const DIGIT: &[(char, char)] = &[('0', '9')];
const WORD: &[(char, char)] = &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
const SPACE: &[(char, char)] = &[('\t', '\r'), (' ', ' ')];

/// The most that a repetition may say.
const TIMES: u32 = 1000;

/// Reads a whole pattern.
pub(super) fn pattern(text: &str) -> Result<Node, Mistake> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let node = reader.branches()?;
    if reader.at < text.len() {
        return Err(Mistake::new(reader.at, "`)` closes nothing").note_that("a `)` itself is written as `\\)`"));
    }
    if steps(&node) > STEPS {
        let message = format!("the pattern may take more than {STEPS} steps, counting what it repeats");
        return Err(Mistake::new(0, message).note_that("`@len` limits how long a string is"));
    }
    Ok(node)
}

/// How large an engine's program for a pattern is, at most.
pub(super) fn steps(node: &Node) -> u64 {
    match node {
        Node::Any(nodes) | Node::All(nodes) => nodes.iter().map(steps).fold(0, u64::saturating_add),
        Node::Repeat(node, least, most) => steps(node).saturating_mul(most.unwrap_or(*least + 1).max(1).into()),
        Node::Class(_) | Node::Start | Node::End | Node::Boundary => 1,
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += if found { wanted.len_utf8() } else { 0 };
        found
    }

    fn branches(&mut self) -> Result<Node, Mistake> {
        let mut branches = vec![self.sequence()?];
        while self.take('|') {
            branches.push(self.sequence()?);
        }
        Ok(if branches.len() == 1 { branches.remove(0) } else { Node::Any(branches) })
    }

    fn sequence(&mut self) -> Result<Node, Mistake> {
        let mut nodes = Vec::new();
        while let Some(next) = self.peek().filter(|next| !matches!(next, '|' | ')')) {
            let start = self.at;
            self.at += next.len_utf8();
            let node = self.one(next, start)?;
            nodes.push(self.repeated(node)?);
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::All(nodes) })
    }

    /// What a character that was just read begins.
    fn one(&mut self, first: char, start: usize) -> Result<Node, Mistake> {
        Ok(match first {
            '^' => Node::Start,
            '$' => Node::End,
            '.' => Node::Class(Class { negated: true, ranges: vec![('\n', '\n')] }),
            '(' => self.group(start)?,
            '[' => Node::Class(self.class(start)?),
            '\\' => self.escape(start)?,
            '*' | '+' | '?' => {
                let message = format!("`{first}` repeats nothing");
                return Err(
                    Mistake::new(start, message).note_that("the character itself is written with a `\\` before it")
                );
            }
            '{' | '}' | ']' => {
                let message = format!("`{first}` stands alone");
                return Err(
                    Mistake::new(start, message).note_that("the character itself is written with a `\\` before it")
                );
            }
            character => Node::Class(single(character)),
        })
    }

    fn group(&mut self, start: usize) -> Result<Node, Mistake> {
        if self.take('?') && !self.take(':') {
            let message = match self.peek() {
                Some('=' | '!') => "a pattern cannot look ahead",
                Some('<') if self.text[self.at..].starts_with("<=") || self.text[self.at..].starts_with("<!") => {
                    "a pattern cannot look behind"
                }
                Some('<' | 'P') => "a group has no name: nothing asks for what it found",
                _ => "a pattern has no flags, and groups are `( )` or `(?: )`",
            };
            return Err(Mistake::new(start, message).note_that("the engines of the three languages do not share it"));
        }
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Mistake::new(start, format!("groups are nested more than {DEPTH} deep")));
        }
        let inside = self.branches()?;
        self.depth -= 1;
        if !self.take(')') {
            return Err(Mistake::new(start, "`(` is not closed").note_that("a `(` itself is written as `\\(`"));
        }
        Ok(inside)
    }

    fn repeated(&mut self, node: Node) -> Result<Node, Mistake> {
        let start = self.at;
        let (least, most) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                self.at += 1;
                let times = self.times(start)?;
                self.once(start, &node)?;
                return Ok(Node::Repeat(Box::new(node), times.0, times.1));
            }
            _ => return Ok(node),
        };
        self.at += 1;
        self.once(start, &node)?;
        Ok(Node::Repeat(Box::new(node), least, most))
    }

    /// Refuses what the engines do not share: repeated anchors, and marks behind a repetition.
    fn once(&self, start: usize, node: &Node) -> Result<(), Mistake> {
        if matches!(node, Node::Start | Node::End | Node::Boundary) {
            return Err(Mistake::new(start, "a place in the text cannot be repeated"));
        }
        match self.peek() {
            Some('?') => Err(Mistake::new(self.at, "a lazy repetition finds what the usual one finds")
                .note_that("leave the `?` out, or put what it repeats in `( )`")),
            Some('*' | '+' | '{') => {
                Err(Mistake::new(self.at, "a repetition cannot be repeated").note_that("put what is repeated in `( )`"))
            }
            _ => Ok(()),
        }
    }

    /// `2}`, `2,}` and `2,5}` behind a `{`.
    fn times(&mut self, start: usize) -> Result<(u32, Option<u32>), Mistake> {
        let wrong = || {
            Mistake::new(start, "a repetition is written as `{2}`, `{2,}` or `{2,5}`")
                .note_that("a `{` itself is written as `\\{`")
        };
        let least = self.digits().ok_or_else(wrong)?;
        let most = if self.take(',') { self.digits() } else { Some(least) };
        if !self.take('}') {
            return Err(wrong());
        }
        if most.is_some_and(|most| most < least) {
            return Err(Mistake::new(start, format!("no number is from {least} to {}", most.unwrap_or(0))));
        }
        if least.max(most.unwrap_or(0)) > TIMES {
            return Err(Mistake::new(start, format!("a repetition goes up to {TIMES}"))
                .note_that("`@len` limits how long a string is"));
        }
        Ok((least, most))
    }

    fn digits(&mut self) -> Option<u32> {
        let rest = &self.text[self.at..];
        let length = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        // What does not fit is beyond every limit.
        let value = if length == 0 { None } else { Some(rest[..length].parse().unwrap_or(u32::MAX)) };
        self.at += length;
        value
    }

    fn class(&mut self, start: usize) -> Result<Class, Mistake> {
        let mut class = Class { negated: self.take('^'), ranges: Vec::new() };
        let mut first = true;
        loop {
            let at = self.at;
            let Some(next) = self.next() else {
                return Err(Mistake::new(start, "`[` is not closed").note_that("a `[` itself is written as `\\[`"));
            };
            if next == ']' && !first {
                class.ranges.sort_unstable();
                return Ok(class);
            }
            if matches!(next, ']' | '[') || (next == '^' && first) {
                let message = format!("`{next}` in a class is written as `\\{next}`");
                return Err(Mistake::new(at, message));
            }
            if next == '-' && !first && self.peek() != Some(']') {
                let message = "`-` stands between two characters, or first or last in a class";
                return Err(Mistake::new(at, message).note_that("elsewhere it is written as `\\-`"));
            }
            first = false;
            let low = match next {
                '\\' => match self.escaped(at, true)? {
                    Escaped::Char(character) => character,
                    Escaped::Class(ranges) => {
                        class.ranges.extend(ranges);
                        continue;
                    }
                    Escaped::Boundary => {
                        return Err(Mistake::new(at, "`\\b` is a place, and a class holds characters"));
                    }
                },
                character => character,
            };
            let is_range = self.peek() == Some('-') && !self.text[self.at..].starts_with("-]");
            if !is_range || next == '-' {
                class.ranges.push((low, low));
                continue;
            }
            self.at += 1;
            let end = self.at;
            let high = match self.next() {
                Some('\\') => match self.escaped(end, true)? {
                    Escaped::Char(character) => character,
                    _ => return Err(Mistake::new(end, "a range ends with one character")),
                },
                Some(character) if character != '[' => character,
                _ => return Err(Mistake::new(end, "a range ends with one character")),
            };
            if high < low {
                let message = format!("no character is from `{}` to `{}`", low.escape_debug(), high.escape_debug());
                return Err(Mistake::new(at, message));
            }
            class.ranges.push((low, high));
        }
    }

    fn escape(&mut self, start: usize) -> Result<Node, Mistake> {
        Ok(match self.escaped(start, false)? {
            Escaped::Char(character) => Node::Class(single(character)),
            Escaped::Class(ranges) => Node::Class(Class { negated: false, ranges }),
            Escaped::Boundary => Node::Boundary,
        })
    }

    /// What stands behind a `\`.
    fn escaped(&mut self, start: usize, in_class: bool) -> Result<Escaped, Mistake> {
        let Some(next) = self.next() else {
            return Err(Mistake::new(start, "`\\` stands at the end").note_that("a `\\` itself is written as `\\\\`"));
        };
        Ok(match next {
            'd' => Escaped::Class(DIGIT.to_vec()),
            'w' => Escaped::Class(WORD.to_vec()),
            's' => Escaped::Class(SPACE.to_vec()),
            'D' => Escaped::Class(all_but(DIGIT)),
            'W' => Escaped::Class(all_but(WORD)),
            'S' => Escaped::Class(all_but(SPACE)),
            'b' if !in_class => Escaped::Boundary,
            'n' => Escaped::Char('\n'),
            'r' => Escaped::Char('\r'),
            't' => Escaped::Char('\t'),
            'u' => Escaped::Char(self.code_point(start)?),
            _ if next.is_ascii_punctuation() => Escaped::Char(next),
            '0'..='9' => {
                let message = format!("a pattern cannot refer to what a group found, as `\\{next}` would");
                return Err(
                    Mistake::new(start, message).note_that("the engines of the three languages do not share it")
                );
            }
            _ => {
                let message = format!("`\\{}` means nothing in every language", next.escape_debug());
                return Err(Mistake::new(start, message).note_that(
                    "`\\d \\w \\s \\D \\W \\S \\b \\n \\r \\t \\u{..}` do, and `\\` before a punctuation mark",
                ));
            }
        })
    }

    /// `{1f600}` behind a `\u`.
    fn code_point(&mut self, start: usize) -> Result<char, Mistake> {
        let wrong = || Mistake::new(start, "a character by number is written as `\\u{e9}`, with 1 to 6 digits");
        if !self.take('{') {
            return Err(wrong());
        }
        let rest = &self.text[self.at..];
        let length = rest.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len());
        let number = u32::from_str_radix(&rest[..length], 16).ok().filter(|_| length <= 6).and_then(char::from_u32);
        self.at += length;
        match number {
            Some(character) if self.take('}') => Ok(character),
            _ => Err(wrong()),
        }
    }
}

enum Escaped {
    Char(char),
    Class(Vec<(char, char)>),
    Boundary,
}

fn single(character: char) -> Class {
    Class { negated: false, ranges: vec![(character, character)] }
}

/// Every character that is in none of some ASCII ranges, which are in order.
fn all_but(ranges: &[(char, char)]) -> Vec<(char, char)> {
    let mut others = Vec::new();
    let mut next = 0_u8;
    for (low, high) in ranges.iter().map(|(low, high)| (*low as u8, *high as u8)) {
        if low > next {
            others.push((char::from(next), char::from(low - 1)));
        }
        next = high + 1;
    }
    others.push((char::from(next), char::MAX));
    others
}
