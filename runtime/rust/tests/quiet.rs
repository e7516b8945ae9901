//! What the macros write makes no noise in a crate whose author denies all warnings.
#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub, rust_2018_idioms)]
#![deny(unused_qualifications, unused_lifetimes, single_use_lifetimes, elided_lifetimes_in_paths)]

/// A module that others see.
pub mod desk {
    use procwire::{Error, Message, Stream};

    /// An order.
    #[derive(Clone, Debug, PartialEq, Message)]
    #[procwire(builder)]
    pub struct Order {
        /// Which.
        pub id: u32,
        /// No more.
        #[deprecated(note = "use id")]
        #[procwire(optional)]
        pub name: Option<String>,
    }

    /// Nobody trades like this any more.
    #[deprecated(note = "use the other desk")]
    #[procwire::service]
    pub trait Trading {
        #[doc = "Places."]
        #[deprecated]
        async fn place(
            &self,
            order: Order,
            #[procwire(default = false)] dry_run: bool,
            #[deprecated]
            #[procwire(optional)]
            depth: Option<u8>,
        ) -> Result<u32, Error>;
        /// All.
        fn all(&self) -> impl Stream<Item = Result<Order, Error>>;
        /// Done.
        #[deprecated]
        #[procwire(event)]
        fn done(job: u32, #[deprecated] percent: u8);
    }
}

/// A service that nobody in this crate uses.
#[procwire::service]
trait Private {
    async fn ping(&self, #[procwire(optional)] fail: Option<bool>) -> procwire::Result<()>;
    #[procwire(event)]
    fn ponged(job: u32);
}

#[test]
fn nothing_is_told_of_what_the_macros_wrote() {
    // That this file compiles is the test; the service is there, too.
    let service = <PrivateClient as procwire::stub_v1::Client>::SERVICE;
    assert_eq!((service.name, service.methods.len(), service.events.len()), ("Private", 1, 1));
}
