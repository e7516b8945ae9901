//! The rules of the protocol, seen from both ends of a real socket pair.

mod aborts;
mod backpressure;
mod callbacks;
mod calls;
mod credit;
mod ends;
mod events;
mod extensions;
mod flows;
mod measure;
mod rules;
mod serving;
mod support;
