//! Payloads from payloads: parts replaced by others, doubled, dropped, written in another form; bytes changed.

use super::tree::{Tree, Width};

/// A sequence of numbers that looks random, the same for the same seed (splitmix64).
pub struct Numbers(pub u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or(0)
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    fn byte(&mut self) -> u8 {
        self.next().to_be_bytes()[0]
    }
}

/// Bytes that begin something, or end a range.
const MARKS: [u8; 38] = [
    0x00, 0x01, 0x7f, 0x80, 0x81, 0x8f, 0x90, 0x91, 0x9f, 0xa0, 0xa1, 0xbf, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc6, 0xc7,
    0xca, 0xcb, 0xcc, 0xcd, 0xce, 0xcf, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd6, 0xd7, 0xd9, 0xdb, 0xdc, 0xdf, 0xe0, 0xff,
];

/// Values that are at the edge of some type.
const LEAVES: [&[u8]; 58] = [
    b"\xc0",
    b"\xc1",
    b"\xc2",
    b"\xc3",
    b"\x00",
    b"\x01",
    b"\x7f",
    b"\xe0",
    b"\xff",
    b"\xcc\xff",
    b"\xcd\x01\x00",
    b"\xcd\xff\xff",
    b"\xce\xff\xff\xff\xff",
    b"\xcf\x00\x1f\xff\xff\xff\xff\xff\xff",
    b"\xcf\x00\x20\x00\x00\x00\x00\x00\x00",
    b"\xcf\x00\x20\x00\x00\x00\x00\x00\x01",
    b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\xcf\x7f\xff\xff\xff\xff\xff\xff\xff",
    b"\xd0\x80",
    b"\xd1\x80\x00",
    b"\xd2\x80\x00\x00\x00",
    b"\xd3\x80\x00\x00\x00\x00\x00\x00\x00",
    b"\xd3\xff\xdf\xff\xff\xff\xff\xff\xff",
    b"\xca\x3f\x80\x00\x00",
    b"\xca\x3d\xcc\xcc\xcd",
    b"\xca\x7f\xc0\x00\x00",
    b"\xcb\x00\x00\x00\x00\x00\x00\x00\x00",
    b"\xcb\x80\x00\x00\x00\x00\x00\x00\x00",
    b"\xcb\x3f\xf0\x00\x00\x00\x00\x00\x00",
    b"\xcb\x3f\xe0\x00\x00\x00\x00\x00\x00",
    b"\xcb\x7f\xf0\x00\x00\x00\x00\x00\x00",
    b"\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00",
    b"\xcb\x41\xef\xff\xff\xff\xe0\x00\x00",
    b"\xcb\x43\xe0\x00\x00\x00\x00\x00\x00",
    b"\xcb\x7e\x37\xe4\x3c\x88\x00\x75\x9c",
    b"\xa0",
    b"\xa1x",
    b"\xa1\xff",
    b"\xa2\xc3\xa9",
    b"\xa3\xed\xa0\x80",
    b"\xa4type",
    b"\xa4kind",
    b"\xa3Buy",
    b"\xa2id",
    b"\xa5value",
    b"\xa9__proto__",
    b"\xd9\x2400112233-4455-6677-8899-aabbccddeeff",
    b"\xb41970-01-01T00:00:00Z",
    b"\xc4\x00",
    b"\xc4\x03abc",
    b"\xc4\x10\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff",
    b"\xc7\x03\x01abc",
    b"\xd6\xff\x00\x00\x00\x01",
    b"\xd7\xff\x1d\x6f\x34\x54\x65\x53\xf1\x00",
    b"\xc7\x0c\xff\x3b\x9a\xc9\xff\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\xd7\x02\x42\x78\xbc\xfe\x56\x87\xb0\x00",
    b"\xd4\x05\x00",
    b"\xc7\x00\x07",
];

/// A payload that came out of `payload`; `others` lend parts.
pub fn mutated(payload: &[u8], others: &[(usize, Vec<u8>)], numbers: &mut Numbers) -> Vec<u8> {
    let mut payload = payload.to_vec();
    if let Some(mut tree) = Tree::read(&payload) {
        for _ in 0..numbers.below(4) {
            change(&mut tree, others, numbers);
        }
        payload = tree.bytes();
    }
    if numbers.once_in(3) {
        for _ in 0..=numbers.below(3) {
            change_bytes(&mut payload, others, numbers);
        }
    }
    payload
}

fn change(tree: &mut Tree, others: &[(usize, Vec<u8>)], numbers: &mut Numbers) {
    let number = numbers.below(tree.count());
    let Some(place) = tree.at(number) else { return };
    match numbers.below(10) {
        0 | 1 => *place = any(others, numbers),
        2 => *place = Tree::List(Width::Fixed, vec![place.clone()]),
        3 => {
            let inner = match place {
                Tree::List(_, items) => items.first().cloned(),
                Tree::Map(_, entries) => entries.first().map(|(_, value)| value.clone()),
                Tree::Leaf(_) => None,
            };
            *place = inner.unwrap_or(Tree::Map(Width::Fixed, Vec::new()));
        }
        4 | 5 => rewrite(place, numbers),
        _ => change_container(place, others, numbers),
    }
}

/// Adds, takes, doubles or moves what is inside; something without an inside gets another form.
fn change_container(place: &mut Tree, others: &[(usize, Vec<u8>)], numbers: &mut Numbers) {
    match place {
        Tree::Leaf(_) => rewrite(place, numbers),
        Tree::List(_, items) => {
            let (one, other) = (numbers.below(items.len()), numbers.below(items.len()));
            match numbers.below(4) {
                _ if items.is_empty() => items.push(any(others, numbers)),
                0 => items.push(any(others, numbers)),
                1 => items.push(items[one].clone()),
                2 => items.swap(one, other),
                _ => {
                    items.remove(one);
                }
            }
        }
        Tree::Map(_, entries) => {
            let (one, other) = (numbers.below(entries.len()), numbers.below(entries.len()));
            match numbers.below(6) {
                _ if entries.is_empty() => entries.push((any(others, numbers), any(others, numbers))),
                0 => entries.insert(one, (any(others, numbers), any(others, numbers))),
                1 => entries.push(entries[one].clone()),
                2 => entries.push((entries[one].0.clone(), any(others, numbers))),
                3 | 4 => entries.swap(one, other),
                _ => {
                    entries.remove(one);
                }
            }
        }
    }
}

/// A value, or the part of another payload.
fn any(others: &[(usize, Vec<u8>)], numbers: &mut Numbers) -> Tree {
    if numbers.once_in(3) {
        let (_, other) = numbers.pick(others);
        if let Some(mut tree) = Tree::read(other) {
            let number = numbers.below(tree.count());
            if let Some(part) = tree.at(number) {
                return part.clone();
            }
        }
    }
    match numbers.below(12) {
        0 => Tree::List(Width::Fixed, (0..numbers.below(3)).map(|_| any(others, numbers)).collect()),
        1 => {
            let entries = (0..numbers.below(3)).map(|_| (any(others, numbers), any(others, numbers)));
            Tree::Map(Width::Fixed, entries.collect())
        }
        // Just at the limit of depth, or beyond it.
        2 if numbers.once_in(8) => {
            let depth = 96 + numbers.below(8);
            (0..depth).fold(Tree::Leaf(vec![0xc0]), |inner, _| Tree::List(Width::Fixed, vec![inner]))
        }
        3 => Tree::Leaf(vec![numbers.byte() & 0x7f]),
        4 => {
            let letters = (0..numbers.below(40)).map(|_| b'a' + numbers.byte() % 26);
            let letters: Vec<u8> = letters.collect();
            Tree::Leaf([&[0xd9, u8::try_from(letters.len()).unwrap_or(0)], letters.as_slice()].concat())
        }
        5 => Tree::Leaf([&[0xcb][..], &numbers.next().to_be_bytes()].concat()),
        6 => {
            let kinds =
                [(0xcf, 8), (0xd3, 8), (0xce, 4), (0xd2, 4), (0xca, 4), (0xcd, 2), (0xd1, 2), (0xcc, 1), (0xd0, 1)];
            let (mark, length) = *numbers.pick(&kinds);
            Tree::Leaf([&[mark][..], &numbers.next().to_be_bytes()[..length]].concat())
        }
        _ => Tree::Leaf(numbers.pick(&LEAVES).to_vec()),
    }
}

/// Writes the same in another form.
fn rewrite(place: &mut Tree, numbers: &mut Numbers) {
    let wider = *numbers.pick(&[Width::Fixed, Width::Two, Width::Four]);
    match place {
        Tree::List(width, items) => {
            // Small numbers in a list are bytes, which `bytes` takes.
            let is_byte = |item: &Tree| matches!(item, Tree::Leaf(leaf) if leaf.len() == 1 && leaf[0] < 0x80);
            if !items.is_empty() && items.iter().all(is_byte) && numbers.once_in(2) {
                let bytes: Vec<u8> = items.iter().flat_map(Tree::bytes).collect();
                *place = Tree::Leaf(counted([0xc4, 0xc5, 0xc6], &bytes, &[], numbers));
            } else {
                *width = wider;
            }
        }
        Tree::Map(width, _) => *width = wider,
        Tree::Leaf(leaf) => *leaf = rewritten(leaf, numbers),
    }
}

fn rewritten(leaf: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let number = |from: usize| leaf[from..].iter().fold(0_i128, |number, byte| number << 8 | i128::from(*byte));
    let signed = |bits: u32| (number(1) << (128 - bits)) >> (128 - bits);
    let int = match leaf[0] {
        0x00..=0x7f => i128::from(leaf[0]),
        0xe0..=0xff => i128::from(leaf[0]) - 256,
        0xcc..=0xcf => number(1),
        0xd0 => signed(8),
        0xd1 => signed(16),
        0xd2 => signed(32),
        0xd3 => signed(64),
        0xa0..=0xbf => return counted([0xd9, 0xda, 0xdb], &leaf[1..], &[], numbers),
        0xd9 => return counted([0xd9, 0xda, 0xdb], &leaf[2..], &[], numbers),
        0xc4 if numbers.once_in(2) => return counted([0xc7, 0xc8, 0xc9], &leaf[2..], &[1], numbers),
        0xc4 => return counted([0xc4, 0xc5, 0xc6], &leaf[2..], &[], numbers),
        0xd4..=0xd8 => return counted([0xc7, 0xc8, 0xc9], &leaf[2..], &leaf[1..2], numbers),
        0xc7 => return counted([0xc7, 0xc8, 0xc9], &leaf[3..], &leaf[2..3], numbers),
        0xca => {
            let value = f32::from_be_bytes(leaf[1..].try_into().unwrap_or_default());
            return [&[0xcb][..], &f64::from(value).to_be_bytes()].concat();
        }
        _ => return leaf.to_vec(),
    };
    let bytes = int.to_be_bytes();
    match numbers.below(4) {
        0 if int < 0 => [&[0xd3][..], &bytes[8..]].concat(),
        0 => [&[0xcf][..], &bytes[8..]].concat(),
        1 if i32::try_from(int).is_ok() => [&[0xd2][..], &bytes[12..]].concat(),
        2 if i16::try_from(int).is_ok() => [&[0xd1][..], &bytes[14..]].concat(),
        // A float that holds it, but for those above 2^53: then it is another number.
        #[allow(clippy::cast_precision_loss, reason = "another number is a mutation too")]
        _ => [&[0xcb][..], &(int as f64).to_be_bytes()].concat(),
    }
}

/// A text, bytes or an extension with its length in one, two or four bytes; `code` stands behind the length.
fn counted(marks: [u8; 3], data: &[u8], code: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap_or(0).to_be_bytes();
    let fits = [data.len() < 256, data.len() < 65536, true];
    let mut size = numbers.below(3);
    while !fits[size] {
        size += 1;
    }
    let length = &length[4 - (1 << size)..];
    [&marks[size..=size], length, code, data].concat()
}

fn change_bytes(payload: &mut Vec<u8>, others: &[(usize, Vec<u8>)], numbers: &mut Numbers) {
    let at = numbers.below(payload.len());
    let mark = *numbers.pick(&MARKS);
    match numbers.below(8) {
        _ if payload.is_empty() => payload.push(mark),
        0 => payload[at] = numbers.byte(),
        1 => payload[at] = mark,
        2 => payload[at] ^= 1 << numbers.below(8),
        3 => payload.insert(at, mark),
        4 => {
            payload.remove(at);
        }
        5 => payload.truncate(at),
        6 => payload.push(mark),
        _ => {
            let (_, other) = numbers.pick(others);
            let from = numbers.below(other.len());
            payload.truncate(at);
            payload.extend(&other[from..]);
        }
    }
}
