//! The nearest name: what someone may have meant who wrote another one.

/// A source of guesses with an allowance, so that a schema of many unknown names among many names stays cheap.
#[derive(Debug)]
pub(crate) struct Guesses {
    /// How many cells of the distance tables may still be filled.
    cells: usize,
}

impl Guesses {
    pub(crate) fn new() -> Self {
        Self { cells: 20_000_000 }
    }

    /// The candidate that is fewest edits away, if it is near enough to be meant. Of equals one of the same letters, since
    /// fingers swap letters more often than they find others; and then the first.
    pub(crate) fn nearest<'a>(&mut self, name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        let most = (name.len() / 3).min(3);
        let mut best: Option<((usize, bool), &str)> = None;
        for candidate in candidates {
            self.cells = self.cells.checked_sub(1)?;
            if candidate.len().abs_diff(name.len()) > most || candidate == name {
                continue;
            }
            self.cells = self.cells.checked_sub(name.len() * candidate.len())?;
            let distance = distance(name.as_bytes(), candidate.as_bytes());
            if distance > most {
                continue;
            }
            let rank = (distance, letters(name) != letters(candidate));
            if best.is_none_or(|(least, _)| rank < least) {
                best = Some((rank, candidate));
            }
        }
        best.map(|(_, candidate)| candidate)
    }
}

/// The nearest of a few names.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    Guesses::new().nearest(name, candidates)
}

/// The letters of a name in the order of the alphabet.
fn letters(name: &str) -> Vec<u8> {
    let mut letters = name.as_bytes().to_ascii_lowercase();
    letters.sort_unstable();
    letters
}

/// Insertions, removals, replacements and swaps of neighbours; the case of letters does not count.
fn distance(left: &[u8], right: &[u8]) -> usize {
    let same = |i: usize, j: usize| left[i].eq_ignore_ascii_case(&right[j]);
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for i in 0..left.len() {
        let mut row = vec![i + 1];
        for j in 0..right.len() {
            let mut cost = (last[j] + usize::from(!same(i, j))).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && same(i, j - 1) && same(i - 1, j) {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_finds_the_name_that_was_meant() {
        let names = ["string", "bytes", "OrderAck"];
        assert_eq!(nearest("strng", names), Some("string"));
        assert_eq!(nearest("btyes", names), Some("bytes"));
        assert_eq!(nearest("orderAck", names), Some("OrderAck"));
        assert_eq!(nearest("Quote", names), None);
    }

    #[test]
    fn letters_that_were_swapped_are_likelier_than_others() {
        assert_eq!(nearest("u46", ["u16", "u64", "i64"]), Some("u64"));
        assert_eq!(nearest("u66", ["u16", "u64", "i64"]), Some("u16"));
    }
}
