//! Depth: what lies too deep is refused, while reading and while writing, in the stack that a thread has by default.

use std::thread;

use procwire::codec::{Reason, from_bytes, to_bytes};
use procwire::{Bytes, Message, UnknownVariant, Value};

/// Runs `test` in a stack of 2 MiB, which is what threads of the standard library and of tokio have.
fn in_a_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(2 << 20).spawn(test).expect("a thread");
    thread.join().expect("the test holds");
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
struct Layered(Option<Box<Layered>>);

#[derive(Clone, Debug, PartialEq, procwire::Message)]
struct Node {
    next: Option<Box<Node>>,
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
enum Tagged {
    Leaf,
    Next(Box<Tagged>),
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
#[procwire(external)]
enum External {
    Leaf,
    Next(Box<External>),
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
struct List(Vec<List>);

/// A newtype of an option of a record: three layers a container.
#[derive(Clone, Debug, PartialEq, procwire::Message)]
struct Maybe(Box<Option<Box<Level>>>);

#[derive(Clone, Debug, PartialEq, procwire::Message)]
struct Level {
    maybe: Maybe,
}

macro_rules! wide {
    ($($name:ident)*) => {
        /// A record of fifty fields and one that is itself.
        #[derive(Clone, Debug, Default, PartialEq, procwire::Message)]
        struct Wide {
            $(#[procwire(optional)] $name: Option<String>,)*
            next: Option<Box<Wide>>,
        }
    };
}

wide! {
    a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 c0 c1 c2 c3 c4 c5 c6 c7 c8 c9
    d0 d1 d2 d3 d4 d5 d6 d7 d8 d9 e0 e1 e2 e3 e4 e5 e6 e7 e8 e9
}

/// Reads a payload and says why not.
type Read = fn(&Bytes) -> Option<Reason>;

/// `levels` times what opens a level, and then the innermost.
fn nested(open: &[u8], levels: usize, innermost: &[u8]) -> Bytes {
    Bytes::from([&open.repeat(levels), innermost].concat())
}

fn reason<T: Message>(payload: &Bytes) -> Option<Reason> {
    from_bytes::<T>(payload).err().map(|error| error.reason())
}

#[test]
fn a_type_that_is_itself_ends_in_an_error_and_not_in_an_abort() {
    in_a_small_stack(|| {
        assert_eq!(reason::<Layered>(&Bytes::from_static(&[1])), Some(Reason::Depth));
        assert_eq!(reason::<Layered>(&Bytes::from_static(&[0xc0])), None);
    });
}

#[test]
fn a_hundred_levels_pass_and_one_more_does_not() {
    in_a_small_stack(|| {
        let cases: [(&str, Read, &[u8], &[u8]); 6] = [
            ("list", reason::<List>, b"\x91", b"\x90"),
            ("value", reason::<Value>, b"\x91", b"\x90"),
            ("record", reason::<Node>, b"\x81\xa4next", b"\x80"),
            ("tagged", reason::<Tagged>, b"\x82\xa4type\xa4Next\xa5value", b"\x81\xa4type\xa4Leaf"),
            ("external", reason::<External>, b"\x81\xa4Next", b"\x81\xa4Leaf\xc0"),
            ("layers", reason::<Level>, b"\x81\xa5maybe", b"\x80"),
        ];
        for (name, read, open, innermost) in cases {
            assert_eq!(read(&nested(open, 99, innermost)), None, "{name}: 100 levels");
            for levels in [101, 1_000, 10_000, 100_000, 1_000_000] {
                assert_eq!(read(&nested(open, levels - 1, innermost)), Some(Reason::Depth), "{name}: {levels} levels");
            }
        }
    });
}

#[test]
fn a_record_of_fifty_fields_may_lie_a_hundred_deep() {
    in_a_small_stack(|| {
        let mut wide = Wide { a0: Some("innermost".into()), ..Wide::default() };
        for _ in 1..100 {
            wide = Wide { e9: Some("outer".into()), next: Some(Box::new(wide)), ..Wide::default() };
        }
        let payload = to_bytes(&wide).expect("a hundred levels");
        assert_eq!(from_bytes::<Wide>(&payload).expect("its own form"), wide);
        let deeper = Wide { next: Some(Box::new(wide)), ..Wide::default() };
        assert!(to_bytes(&deeper).is_err());
    });
}

#[test]
fn what_lies_too_deep_is_not_written() {
    in_a_small_stack(|| {
        let mut list = List(Vec::new());
        for _ in 1..100 {
            list = List(vec![list]);
        }
        assert!(to_bytes(&list).is_ok());
        assert!(to_bytes(&List(vec![list])).is_err());
        let mut layered = Layered(None);
        for _ in 0..1_000 {
            layered = Layered(Some(Box::new(layered)));
        }
        let error = to_bytes(&layered).expect_err("too many layers");
        assert_eq!(error.to_string(), "more than 100 layers lie around one value");
        let mut tagged = Tagged::Leaf;
        for _ in 0..1_000 {
            tagged = Tagged::Next(Box::new(tagged));
        }
        assert!(to_bytes(&tagged).is_err());
    });
}
