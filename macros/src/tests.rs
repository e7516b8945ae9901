//! What no user should see: a macro that panics. Sources are torn apart at random, and expanded.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::{message, service};

const TRAIT: &str = r#"
    /// Docs.
    #[deprecated(note = "x")]
    pub trait Trading: Base {
        /// Places.
        #[procwire(wire = "x.y", reserved = ["force"])]
        async fn place(&self, order: Order, #[procwire(default = false)] dry_run: bool, cx: &Context) -> Result<Ack, Error<Bad>>;
        fn quotes(&self, #[procwire(optional)] depth: Option<u8>) -> impl Stream<Item = Result<Quote, Error>> + Send;
        #[procwire(ack)] async fn warm(&self) -> procwire::Result<()>;
        async fn log(&self, entry: String);
        #[procwire(raw)] async fn upload(&self, #[procwire(bare)] payload: Bytes) -> Result<Bytes, Error>;
        #[procwire(event)] fn progress(job: Uuid, #[procwire(default = [])] percent: Vec<u8>);
        #[procwire(event, raw)] fn filled(#[procwire(bare)] fill: Bytes);
    }
"#;
const IMPL: &str = r"
    impl<S: Store> Trading for Desk<S> where S: Send {
        async fn place(&self, order: Order, dry_run: bool) -> Result<Ack, Error<Bad>> { Ok(Ack {}) }
        fn quotes(&self, depth: Option<u8>, _: &Context) -> impl Stream<Item = Result<Quote, Error>> { empty() }
    }
";
const MESSAGES: [&str; 4] = [
    r#"#[procwire(builder, strict, reserved = ["x", "y"])] pub struct Order { pub id: Uuid, #[procwire(default = "x")] name: String,
        #[procwire(wire = "clientRef", optional)] pub client_ref: Option<String>, next: Option<Box<Order>> }"#,
    "pub struct Symbol(pub String);",
    r#"#[procwire(tag = "kind", reserved = ["z"])] pub enum Kind { A, #[procwire(reserved = ["w"])] B { x: u8, #[procwire(optional)] y: Option<u8> }, C(i32), D(u8, u8),
        #[procwire(unknown)] Unknown(UnknownVariant) }"#,
    r#"#[procwire(repr = "i8", reserved = [3])] enum Mode { A = -1, #[procwire(wire = "b")] B, C = 7 }"#,
];

const ARGUMENTS: &str = r#"name = "Trading", reserved = ["find", "done"]"#;

/// A sequence of numbers that looks random and is always the same.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end.max(1) as u64).unwrap_or(0)
    }
}

/// The source with some of its tokens dropped, doubled, swapped, or put into other brackets.
fn torn(tokens: TokenStream, numbers: &mut Numbers) -> TokenStream {
    let mut trees: Vec<TokenTree> = tokens.into_iter().collect();
    for tree in &mut trees {
        if let TokenTree::Group(group) = tree {
            let inner = torn(group.stream(), numbers);
            let delimiter = match numbers.below(40) {
                0 => Delimiter::Brace,
                1 => Delimiter::Parenthesis,
                2 => Delimiter::Bracket,
                3 => Delimiter::None,
                _ => group.delimiter(),
            };
            *tree = TokenTree::Group(Group::new(delimiter, inner));
        }
    }
    if !trees.is_empty() {
        let (one, other) = (numbers.below(trees.len()), numbers.below(trees.len()));
        match numbers.below(12) {
            0 => {
                trees.remove(one);
            }
            1 => trees.swap(one, other),
            2 => trees.insert(one, trees[other].clone()),
            _ => {}
        }
    }
    trees.into_iter().collect()
}

fn tokens(source: &str) -> TokenStream {
    source.parse().expect("the test's source has tokens")
}

#[test]
fn the_whole_sources_expand_without_a_mistake() {
    for (arguments, source) in [("", TRAIT), (ARGUMENTS, TRAIT), ("", IMPL)] {
        let expanded = service::expand(tokens(arguments), tokens(source)).to_string();
        assert!(!expanded.contains("compile_error"), "{expanded}");
        syn::parse_str::<syn::File>(&expanded).expect("the expansion is Rust");
    }
    for source in MESSAGES {
        let expanded = message::expand(tokens(source)).to_string();
        assert!(!expanded.contains("compile_error"), "{expanded}");
        syn::parse_str::<syn::File>(&expanded).expect("the expansion is Rust");
    }
}

#[test]
fn torn_sources_never_panic() {
    let mut numbers = Numbers(0x5eed_0f5e_4e1c_e000);
    for _ in 0..150 {
        for source in [TRAIT, IMPL] {
            service::expand(TokenStream::new(), torn(tokens(source), &mut numbers));
        }
        for source in MESSAGES {
            message::expand(torn(tokens(source), &mut numbers));
        }
        service::expand(torn(tokens(ARGUMENTS), &mut numbers), tokens(TRAIT));
    }
}
