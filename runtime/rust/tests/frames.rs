//! Frames: the captured ones, every way of cutting them, and headers with one fault each.

use std::path::Path;

use bytes::{BufMut, Bytes};
use procwire::frame::{Decoder, Flags, Frame, HEADER_LENGTH, Header, WireError, id};
use proptest::prelude::*;
use serde_json::Value;

const LIMIT: u32 = 1024;

fn vectors() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/frames.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn unhex(text: &str) -> Vec<u8> {
    if let Some((byte, times)) = text.split_once('*') {
        return vec![u8::from_str_radix(byte, 16).unwrap(); times.parse().unwrap()];
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn text<'a>(case: &'a Value, key: &str) -> &'a str {
    case[key].as_str().unwrap_or_default()
}

/// The captured frames: their names, and each as header and payload.
fn captured() -> Vec<(String, Vec<u8>, Vec<u8>)> {
    let frames = vectors();
    let frames = frames["frames"].as_array().unwrap().clone();
    assert!(frames.len() >= 21);
    frames
        .iter()
        .map(|frame| (text(frame, "name").to_owned(), unhex(text(frame, "header")), unhex(text(frame, "payload"))))
        .collect()
}

fn decode_all(decoder: &mut Decoder) -> Result<Vec<Frame>, WireError> {
    let mut frames = Vec::new();
    while let Some(frame) = decoder.next_frame()? {
        frames.push(frame);
    }
    Ok(frames)
}

fn encode(frame: &Frame) -> Vec<u8> {
    [&frame.header.encode()[..], &frame.payload].concat()
}

#[test]
fn captured_frames_are_decoded_and_produced() {
    for (name, header, payload) in captured() {
        let mut decoder = Decoder::new(LIMIT);
        decoder.push(&header);
        decoder.push(&payload);
        let frame = decoder.next_frame().unwrap().unwrap_or_else(|| panic!("{name} is whole"));
        assert_eq!(frame.payload, payload, "{name}");
        assert_eq!(frame.header.length as usize, payload.len(), "{name}");
        assert_eq!(frame.header.encode()[..], header[..], "{name}");
        assert_eq!(decoder.next_frame(), Ok(None), "{name}");
        assert_eq!(decoder.buffered(), 0, "{name}");
    }
}

#[test]
fn captured_frames_mean_what_their_names_say() {
    let kind = |name: &str| {
        let captured = captured();
        let (_, header, _) = captured.iter().find(|(other, ..)| other == name).unwrap();
        Header::decode(header[..].try_into().unwrap()).unwrap()
    };
    let to_parent = Flags::TO_PARENT;
    assert_eq!(kind("add request").flags, Flags::NONE);
    assert_eq!(kind("add result").flags, Flags::RESULT_ANSWER | to_parent);
    assert_eq!(kind("ack with a value").flags, Flags::ACK_ANSWER | to_parent);
    assert_eq!(kind("stream item 0").flags, Flags::ITEM | to_parent);
    assert_eq!(kind("stream end").flags, Flags::END | to_parent);
    assert_eq!(kind("stream error").flags, Flags::STREAM_ERROR | to_parent);
    assert_eq!(kind("error as a map").flags, Flags::ERROR_ANSWER | to_parent);
    assert_eq!(kind("event").flags, to_parent);
    assert_eq!(kind("abort").id, id::ABORT);
    assert_eq!(kind("authentication (64 hex digits of token; here 64 times '0')").id, id::AUTHENTICATE);
}

#[test]
fn captured_frames_come_whole_out_of_single_bytes() {
    let mut decoder = Decoder::new(LIMIT);
    for (name, header, payload) in captured() {
        let bytes = [header, payload].concat();
        for (at, byte) in bytes.iter().enumerate() {
            assert_eq!(decoder.next_frame(), Ok(None), "{name} before byte {at}");
            decoder.push(&[*byte]);
        }
        assert_eq!(encode(&decoder.next_frame().unwrap().unwrap()), bytes, "{name}");
    }
}

#[test]
fn a_header_with_one_fault_has_one_outcome() {
    let vectors = vectors();
    let cases = vectors["decoder"].as_array().unwrap();
    assert!(cases.len() >= 150, "{}", cases.len());
    for case in cases {
        let name = text(case, "name");
        let limit = case["limit"].as_u64().map_or(LIMIT, |limit| u32::try_from(limit).unwrap());
        let bytes = [unhex(text(case, "header")), unhex(text(case, "payload"))].concat();
        for piece in [1, 7, bytes.len().max(1)] {
            let mut decoder = Decoder::new(limit);
            let mut outcome = Ok(None);
            for chunk in bytes.chunks(piece) {
                decoder.push(chunk);
                assert!(matches!(outcome, Ok(None) | Err(_)), "{name}: bytes after the frame");
                outcome = decoder.next_frame();
            }
            let outcome = match outcome {
                Ok(Some(_)) => "frame",
                Ok(None) => "waits",
                Err(WireError::InvalidId) => "invalid-id",
                Err(WireError::ReservedFlags { .. }) => "reserved-flags",
                Err(WireError::PayloadTooLarge { .. }) => "payload-too-large",
                Err(other) => panic!("{name}: {other}"),
            };
            assert_eq!(outcome, text(case, "outcome"), "{name} in pieces of {piece}");
        }
    }
}

#[test]
fn after_an_error_there_is_only_that_error() {
    let mut decoder = Decoder::new(LIMIT);
    decoder.push(&Header { id: 1, flags: Flags::NONE, request: 1, length: LIMIT + 1 }.encode());
    let error = WireError::PayloadTooLarge { length: LIMIT + 1, limit: LIMIT };
    assert_eq!(decoder.next_frame(), Err(error));
    decoder.push(&Header { id: 1, flags: Flags::NONE, request: 1, length: 0 }.encode());
    assert_eq!(decoder.next_frame(), Err(error));
    assert!(decoder.has_frame());
    assert_eq!(error.to_string(), "a frame announces a payload of 1025 bytes, above the limit of 1024");
}

#[test]
fn an_announced_length_takes_no_memory_before_its_bytes_come() {
    let mut decoder = Decoder::new(u32::MAX);
    decoder.push(&Header { id: 1, flags: Flags::NONE, request: 1, length: (1 << 31) - 1 }.encode());
    assert_eq!(decoder.next_frame(), Ok(None));
    let mut arrived = 0;
    while arrived < 8 << 20 {
        let room = decoder.space().remaining_mut();
        assert!(room <= arrived.max(1 << 20), "{room} bytes of room after {arrived}");
        let bytes = vec![7; room.min(64 * 1024)];
        decoder.space().put_slice(&bytes);
        arrived += bytes.len();
        assert_eq!(decoder.next_frame(), Ok(None));
    }
}

#[test]
fn a_large_body_is_collected_in_the_memory_of_the_last_one() {
    let length = 300_000_u32;
    let bytes = [&Header { id: 1, flags: Flags::NONE, request: 1, length }.encode()[..], &vec![7; 300_000]].concat();
    let mut decoder = Decoder::new(u32::MAX);
    let take = |decoder: &mut Decoder| {
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let _ = decoder.next_frame();
            let mut space = decoder.space();
            let (now, later) = rest.split_at(space.remaining_mut().min(rest.len()).min(50_000));
            space.put_slice(now);
            rest = later;
        }
        decoder.next_frame().unwrap().unwrap().payload
    };
    let first = take(&mut decoder);
    let address = first.as_ptr();
    let second = take(&mut decoder);
    assert_ne!(second.as_ptr(), address, "the first is still in use");
    drop((first, second));
    let third = take(&mut decoder);
    let address = third.as_ptr();
    drop(third);
    assert_eq!(take(&mut decoder).as_ptr(), address);
}

fn frames() -> impl Strategy<Value = Vec<Frame>> {
    let payload = prop_oneof![
        4 => prop::collection::vec(any::<u8>(), 0..64),
        1 => (0_usize..200_000).prop_map(|length| vec![0xa5; length]),
    ];
    let frame = (1_u16.., 0_u8..64, any::<u32>(), payload).prop_map(|(id, flags, request, payload)| Frame {
        header: Header { id, flags: Flags::from_bits(flags), request, length: u32::try_from(payload.len()).unwrap() },
        payload: Bytes::from(payload),
    });
    prop::collection::vec(frame, 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn frames_come_whole_out_of_any_pieces(frames in frames(), cuts in prop::collection::vec(1_usize..70_000, 1..40), in_place: bool, batches: bool) {
        let bytes: Vec<u8> = frames.iter().flat_map(encode).collect();
        let mut decoder = Decoder::new(u32::MAX);
        let mut decoded = Vec::new();
        let mut rest = &bytes[..];
        let mut cuts = cuts.iter().cycle();
        while !rest.is_empty() {
            let mut length = (*cuts.next().unwrap()).min(rest.len());
            if in_place {
                let mut space = decoder.space();
                length = length.min(space.remaining_mut());
                space.put_slice(&rest[..length]);
            } else {
                decoder.push(&rest[..length]);
            }
            rest = &rest[length..];
            if batches {
                while let Some(mut batch) = decoder.next_batch().unwrap() {
                    while let Some((header, range)) = batch.next() {
                        decoded.push(Frame { header, payload: batch.payload(range) });
                    }
                }
            } else {
                decoded.extend(decode_all(&mut decoder).unwrap());
            }
        }
        prop_assert_eq!(decoder.buffered(), 0);
        prop_assert_eq!(decoded, frames);
    }

    #[test]
    fn a_header_is_what_it_was(id in 1_u16.., flags in 0_u8..64, request: u32, length: u32) {
        let header = Header { id, flags: Flags::from_bits(flags), request, length };
        let bytes: [u8; HEADER_LENGTH] = header.encode();
        prop_assert_eq!(Header::decode(&bytes), Ok(header));
    }

    #[test]
    fn any_bytes_end_in_frames_or_one_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut whole = Decoder::new(LIMIT);
        whole.push(&bytes);
        let outcome = decode_all(&mut whole);
        let mut single = Decoder::new(LIMIT);
        let mut pieces = Ok(Vec::new());
        for byte in &bytes {
            single.push(&[*byte]);
            match (decode_all(&mut single), &mut pieces) {
                (Ok(new), Ok(frames)) => frames.extend(new),
                (Err(error), _) => pieces = Err(error),
                (Ok(_), Err(_)) => prop_assert!(false, "frames after an error"),
            }
        }
        prop_assert_eq!(&outcome, &pieces);
        let mut batched = Decoder::new(LIMIT);
        batched.push(&bytes);
        let mut frames = Vec::new();
        let error = loop {
            match batched.next_batch() {
                Ok(None) => break None,
                Err(error) => break Some(error),
                Ok(Some(mut batch)) => {
                    while let Some((header, range)) = batch.next() {
                        frames.push(Frame { header, payload: batch.payload(range) });
                    }
                }
            }
        };
        prop_assert_eq!(error.map_or(Ok(frames), Err), outcome);
    }
}
