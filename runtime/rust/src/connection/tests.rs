//! The rules of the protocol, seen from both ends of a real socket pair.

#[cfg(test)]
mod aborts;
#[cfg(test)]
mod backpressure;
#[cfg(test)]
mod callbacks;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod credit;
#[cfg(test)]
mod ends;
#[cfg(test)]
mod event_metadata;
#[cfg(test)]
mod events;
#[cfg(test)]
mod extensions;
#[cfg(test)]
mod flows;
pub mod fuzzed;
#[cfg(test)]
mod measure;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod serving;
#[cfg_attr(not(test), allow(dead_code, reason = "tests use more of it"))]
mod support;
