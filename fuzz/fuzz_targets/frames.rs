//! Any bytes as a stream of frames: the same frames whole and in pieces, and nothing over the limit.
#![no_main]

use libfuzzer_sys::fuzz_target;
use procwire::frame::{Decoder, Frame};

const LIMIT: u32 = 4096;

fuzz_target!(|input: (u8, &[u8])| {
    let (piece, bytes) = input;
    let whole = frames(bytes, bytes.len().max(1));
    let pieces = frames(bytes, usize::from(piece).max(1));
    assert_eq!(whole, pieces);
});

fn frames(bytes: &[u8], piece: usize) -> (Vec<Frame>, Option<procwire::frame::WireError>) {
    let mut decoder = Decoder::new(LIMIT);
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
