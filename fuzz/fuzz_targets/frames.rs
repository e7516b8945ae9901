//! Any bytes as a stream of frames: the same frames whole, in pieces and in batches, and nothing over the limit; with
//! metadata and without.
#![no_main]

use libfuzzer_sys::fuzz_target;
use procwire::frame::{Decoder, Flags, Frame, WireError};

const LIMIT: u32 = 4096;

fuzz_target!(|input: (u8, bool, &[u8])| {
    let (piece, metadata, bytes) = input;
    let whole = frames(bytes, bytes.len().max(1), metadata);
    assert_eq!(whole, frames(bytes, usize::from(piece).max(1), metadata));
    assert_eq!(whole, batches(bytes, metadata));
    let with = whole.0.iter().any(|frame| frame.header.flags.contains(Flags::META));
    assert!(metadata || !with);
});

fn decoder(metadata: bool) -> Decoder {
    let mut decoder = Decoder::new(LIMIT);
    if metadata {
        decoder.allow_metadata();
    }
    decoder
}

fn frames(bytes: &[u8], piece: usize, metadata: bool) -> (Vec<Frame>, Option<WireError>) {
    let mut decoder = decoder(metadata);
    let mut frames = Vec::new();
    for part in bytes.chunks(piece) {
        decoder.push(part);
        loop {
            match decoder.next_frame() {
                Ok(Some(frame)) => {
                    assert!(frame.payload.len() <= LIMIT as usize);
                    frames.push(frame);
                }
                Ok(None) => break,
                Err(error) => return (frames, Some(error)),
            }
        }
    }
    (frames, None)
}

fn batches(bytes: &[u8], metadata: bool) -> (Vec<Frame>, Option<WireError>) {
    let mut decoder = decoder(metadata);
    decoder.push(bytes);
    let mut frames = Vec::new();
    loop {
        match decoder.next_batch() {
            Ok(None) => return (frames, None),
            Err(error) => return (frames, Some(error)),
            Ok(Some(mut batch)) => {
                while let Some(next) = batch.peek() {
                    let Some((header, range)) = batch.next() else { panic!("a header without its frame") };
                    assert_eq!(header, next);
                    frames.push(Frame { header, payload: batch.payload(range) });
                }
            }
        }
    }
}
