//! A payload as a tree that keeps how each part was written, so that one form can be put in the place of another.

/// A value as it is written.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// Anything without values inside, with its first byte.
    Leaf(Vec<u8>),
    List(Width, Vec<Tree>),
    Map(Width, Vec<(Tree, Tree)>),
}

/// How the length of a list or a map is written; a length that does not fit is written wider.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Width {
    Fixed,
    Two,
    Four,
}

/// Payloads that are deeper are left as bytes.
const DEEPEST: usize = 400;

impl Tree {
    /// The one value of a payload; `None` where it is not exactly one.
    pub fn read(payload: &[u8]) -> Option<Self> {
        let mut rest = payload;
        let (tree, is_whole) = Self::take(&mut rest, 0)?;
        (is_whole && rest.is_empty()).then_some(tree)
    }

    /// What there is of a payload before its structure breaks.
    pub fn begun(payload: &[u8]) -> Option<Self> {
        Self::take(&mut { payload }, 0).map(|(tree, _)| tree)
    }

    /// A value, and whether all of it is there; `None` where nothing of it is.
    fn take(rest: &mut &[u8], depth: usize) -> Option<(Self, bool)> {
        let first = *rest.first()?;
        let (width, is_map, head, count) = match first {
            0x80..=0x8f => (Width::Fixed, true, 1, usize::from(first & 15)),
            0x90..=0x9f => (Width::Fixed, false, 1, usize::from(first & 15)),
            0xdc | 0xde => (Width::Two, first == 0xde, 3, number(rest.get(1..3)?)),
            0xdd | 0xdf => (Width::Four, first == 0xdf, 5, number(rest.get(1..5)?)),
            _ => return leaf(rest).map(|leaf| (Self::Leaf(leaf), true)),
        };
        *rest = &rest[head..];
        let (mut items, mut entries) = (Vec::new(), Vec::new());
        let mut is_whole = depth < DEEPEST;
        while is_whole && items.len().max(entries.len()) < count {
            let Some((item, item_is_whole)) = Self::take(rest, depth + 1) else {
                is_whole = false;
                break;
            };
            is_whole = item_is_whole;
            if is_map {
                // A key whose value is missing is there all the same.
                let value = if is_whole { Self::take(rest, depth + 1) } else { None };
                is_whole = value.as_ref().is_some_and(|(_, is_whole)| *is_whole);
                entries.push((item, value.map_or(Self::Leaf(vec![0xc0]), |(value, _)| value)));
            } else {
                items.push(item);
            }
        }
        let tree = if is_map { Self::Map(width, entries) } else { Self::List(width, items) };
        Some((tree, is_whole))
    }

    /// The bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(&mut bytes);
        bytes
    }

    fn write(&self, to: &mut Vec<u8>) {
        match self {
            Self::Leaf(leaf) => to.extend(leaf),
            Self::List(width, items) => {
                head(*width, items.len(), [0x90, 0xdc, 0xdd], to);
                for item in items {
                    item.write(to);
                }
            }
            Self::Map(width, entries) => {
                head(*width, entries.len(), [0x80, 0xde, 0xdf], to);
                for (key, value) in entries {
                    key.write(to);
                    value.write(to);
                }
            }
        }
    }

    /// How many values there are, keys and the tree itself among them.
    pub fn count(&self) -> usize {
        1 + match self {
            Self::Leaf(_) => 0,
            Self::List(_, items) => items.iter().map(Self::count).sum(),
            Self::Map(_, entries) => entries.iter().map(|(key, value)| key.count() + value.count()).sum(),
        }
    }

    /// The value of this number, counted as [`count`](Self::count) does.
    pub fn at(&mut self, number: usize) -> Option<&mut Self> {
        self.find(&mut { number })
    }

    fn find(&mut self, left: &mut usize) -> Option<&mut Self> {
        if *left == 0 {
            return Some(self);
        }
        *left -= 1;
        match self {
            Self::Leaf(_) => None,
            Self::List(_, items) => items.iter_mut().find_map(|item| item.find(left)),
            Self::Map(_, entries) => entries.iter_mut().find_map(|(key, value)| match key.find(left) {
                Some(found) => Some(found),
                None => value.find(left),
            }),
        }
    }

    /// Calls `visit` with each value, the inner ones first; `depth` is the number of containers around it.
    pub fn for_each(&mut self, depth: usize, visit: &mut impl FnMut(&mut Self, usize)) {
        match self {
            Self::Leaf(_) => {}
            Self::List(_, items) => items.iter_mut().for_each(|item| item.for_each(depth + 1, visit)),
            Self::Map(_, entries) => {
                for (key, value) in entries {
                    key.for_each(depth + 1, visit);
                    value.for_each(depth + 1, visit);
                }
            }
        }
        visit(self, depth);
    }
}

fn head(width: Width, count: usize, [fixed, two, four]: [u8; 3], to: &mut Vec<u8>) {
    match (width, u8::try_from(count), u16::try_from(count)) {
        (Width::Fixed, Ok(count @ 0..=15), _) => to.push(fixed | count),
        (Width::Fixed | Width::Two, _, Ok(count)) => {
            to.push(two);
            to.extend(count.to_be_bytes());
        }
        _ => {
            to.push(four);
            to.extend(u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes());
        }
    }
}

/// Big-endian.
fn number(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// The bytes of a value without others inside.
fn leaf(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let first = *rest.first()?;
    let measured = |size: usize, more: usize| Some(1 + size + more + number(rest.get(1..=size)?));
    let length = match first {
        0x00..=0x7f | 0xe0..=0xff | 0xc0 | 0xc2 | 0xc3 => 1,
        0xa0..=0xbf => 1 + usize::from(first & 31),
        0xc4 | 0xd9 => measured(1, 0)?,
        0xc5 | 0xda => measured(2, 0)?,
        0xc6 | 0xdb => measured(4, 0)?,
        0xc7 => measured(1, 1)?,
        0xc8 => measured(2, 1)?,
        0xc9 => measured(4, 1)?,
        0xcc | 0xd0 => 2,
        0xcd | 0xd1 => 3,
        0xca | 0xce | 0xd2 => 5,
        0xcb | 0xcf | 0xd3 => 9,
        0xd4..=0xd8 => 2 + (1 << (first - 0xd4)),
        // `c1` has no meaning, and the containers are not asked for here.
        _ => return None,
    };
    let (leaf, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    Some(leaf.to_vec())
}
