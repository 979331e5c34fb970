use bytes::{Bytes, BytesMut};
use proptest::prelude::*;

use super::*;
use crate::{Error, Limits};

/// A peer that writes chunks in the ways our own writer doesn't.
#[derive(Default)]
struct Peer {
    /// Whether an extended timestamp is repeated in type 3 chunks.
    repeats: bool,
    last: Option<(u32, u32, usize, u8)>,
}

fn basic(fmt: u8, id: u32) -> Vec<u8> {
    let fmt = fmt << 6;
    match id {
        2..=63 => vec![fmt | id as u8],
        64..=319 => vec![fmt, (id - 64) as u8],
        _ => vec![fmt | 1, ((id - 64) % 256) as u8, ((id - 64) / 256) as u8],
    }
}

fn message(kind: u8, timestamp: u32, len: usize) -> Message {
    let payload = (0..len).map(|i| (i * 7 + len) as u8).collect::<Bytes>();
    Message {
        kind,
        timestamp,
        stream: 1,
        payload,
    }
}

impl Peer {
    /// The chunks of a message, under the shortest header that says what is new.
    fn chunks(&mut self, message: &Message, id: u32, size: usize) -> Vec<Vec<u8>> {
        let (len, kind) = (message.payload.len(), message.kind);
        let (fmt, field) = match self.last {
            None => (0, message.timestamp),
            Some((time, delta, last_len, last_kind)) => {
                let new = message.timestamp.wrapping_sub(time);
                match (new == delta, len == last_len && kind == last_kind) {
                    (true, true) => (3, new),
                    (false, true) => (2, new),
                    (_, false) => (1, new),
                }
            }
        };
        self.last = Some((message.timestamp, field, len, kind));
        let mut header = basic(fmt, id);
        let short = field.min(EXTENDED).to_be_bytes();
        if fmt < 3 {
            header.extend(&short[1..]);
        }
        if fmt < 2 {
            header.extend(&(len as u32).to_be_bytes()[1..]);
            header.push(kind);
        }
        if fmt == 0 {
            header.extend(message.stream.to_le_bytes());
        }
        let mut parts: Vec<&[u8]> = message.payload.chunks(size).collect();
        parts.resize(parts.len().max(1), &[]);
        let mut out = vec![];
        for part in parts {
            let first = out.is_empty();
            let mut chunk = if first { header.clone() } else { basic(3, id) };
            if field >= EXTENDED && (self.repeats || (first && fmt < 3)) {
                chunk.extend(field.to_be_bytes());
            }
            chunk.extend(part);
            out.push(chunk);
        }
        out
    }
}

fn reader() -> Reader {
    let mut reader = Reader::new(&Limits::default());
    reader.allow_media();
    reader
}

fn read_all(reader: &mut Reader, bytes: &[u8], piece: usize) -> Result<Vec<Message>, Error> {
    let mut messages = vec![];
    for mut input in bytes.chunks(piece) {
        while let Some(message) = reader.read(&mut input)? {
            messages.push(message);
        }
    }
    Ok(messages)
}

/// The first header of a message, without its payload.
fn opening(id: u32, kind: u8, len: usize) -> Vec<u8> {
    let mut whole = Peer::default().chunks(&message(kind, 0, 0), id, 128).concat();
    let at = basic(0, id).len() + 3;
    whole[at..at + 3].copy_from_slice(&(len as u32).to_be_bytes()[1..]);
    whole
}

fn code_of(bytes: &[u8]) -> Option<&'static str> {
    read_all(&mut reader(), bytes, 4096).err().map(|e| e.code())
}

#[test]
fn our_writer_repeats_nothing_but_the_extended_timestamp() {
    let mut out = BytesMut::new();
    write(&message(kind::VIDEO, 0x0100_0000, 5), 6, 4, &mut out);
    let head = [6, 0xff, 0xff, 0xff, 0, 0, 5, 9, 1, 0, 0, 0, 1, 0, 0, 0];
    assert_eq!(&out[..16], head);
    assert_eq!(&out[20..25], [0xc6, 1, 0, 0, 0]);
    assert_eq!(out.len(), 26);
}

#[test]
fn both_habits_of_type_3_are_read_also_when_the_rest_is_shorter_than_a_timestamp() {
    for repeats in [true, false] {
        for len in 129..=136 {
            let mut peer = Peer { repeats, last: None };
            let sent = [0x01ff_ffff, 0x03ff_ffff, 0x05ff_ffff].map(|t| message(kind::AUDIO, t, len));
            let bytes: Vec<u8> = sent
                .iter()
                .flat_map(|m| peer.chunks(m, 4, 128).concat())
                .collect();
            assert_eq!(
                read_all(&mut reader(), &bytes, 1).unwrap(),
                sent,
                "{repeats} {len}"
            );
        }
    }
}

#[test]
fn a_short_rest_is_not_held_up_by_a_peer_known_to_leave_the_timestamp_out() {
    let mut peer = Peer::default();
    // The last byte of the second message is 1, as the timestamp's first.
    let sent = [
        message(kind::AUDIO, 0x0100_0000, 300),
        message(kind::AUDIO, 0x0200_0000, 257),
    ];
    let bytes: Vec<u8> = sent
        .iter()
        .flat_map(|m| peer.chunks(m, 4, 128).concat())
        .collect();
    assert_eq!(bytes.last(), Some(&1));
    assert_eq!(read_all(&mut reader(), &bytes, 9).unwrap(), sent);
}

#[test]
fn a_timestamp_goes_on_at_0_after_its_last_value() {
    let mut peer = Peer {
        repeats: true,
        last: None,
    };
    let sent = [u32::MAX - 10, 13].map(|t| message(kind::AUDIO, t, 10));
    let bytes: Vec<u8> = sent
        .iter()
        .flat_map(|m| peer.chunks(m, 4, 128).concat())
        .collect();
    assert_eq!(read_all(&mut reader(), &bytes, 4096).unwrap(), sent);
}

#[test]
fn a_chunk_size_holds_from_the_next_chunk_on() {
    let sent = [message(kind::VIDEO, 0, 300), message(kind::VIDEO, 40, 300)];
    let mut peer = Peer::default();
    let mut reader = reader();
    let first = peer.chunks(&sent[0], 6, 128).concat();
    assert_eq!(read_all(&mut reader, &first, 7).unwrap(), sent[..1]);
    reader.set_chunk_size(250).unwrap();
    let second = peer.chunks(&sent[1], 6, 250).concat();
    assert_eq!(read_all(&mut reader, &second, 7).unwrap(), sent[1..]);
}

#[test]
fn chunk_sizes_from_128_to_1_mib_are_accepted() {
    for (size, fits) in [
        (0, false),
        (127, false),
        (128, true),
        (1 << 20, true),
        ((1 << 20) + 1, false),
    ] {
        assert_eq!(reader().set_chunk_size(size).is_ok(), fits, "{size}");
    }
    assert_eq!(
        reader().set_chunk_size(0x7fff_ffff).unwrap_err().code(),
        "rtmp.limit.chunk_size"
    );
}

#[test]
fn messages_are_limited_by_kind() {
    let limits = [
        (kind::AUDIO, 64 << 10),
        (kind::VIDEO, 4 << 20),
        (kind::AGGREGATE, 4 << 20),
        (kind::DATA, 64 << 10),
    ];
    for (kind, limit) in limits
        .into_iter()
        .chain([(kind::COMMAND, 64 << 10), (99, 64 << 10)])
    {
        assert_eq!(code_of(&opening(5, kind, limit)), None, "{kind}");
        assert_eq!(
            code_of(&opening(5, kind, limit + 1)),
            Some("rtmp.limit.message"),
            "{kind}"
        );
    }
}

#[test]
fn before_a_publish_no_message_is_larger_than_data_may_be() {
    let mut reader = Reader::new(&Limits::default());
    let error = read_all(&mut reader, &opening(6, kind::VIDEO, (64 << 10) + 1), 4096).unwrap_err();
    assert_eq!(error.code(), "rtmp.limit.message");
}

#[test]
fn chunk_streams_are_limited_to_32() {
    let use_streams = |n: u32| {
        let mut reader = reader();
        for id in 3..3 + n {
            let bytes = Peer::default()
                .chunks(&message(kind::AUDIO, 0, 1), id, 128)
                .concat();
            read_all(&mut reader, &bytes, 64)?;
        }
        Ok::<_, Error>(())
    };
    assert!(use_streams(32).is_ok());
    assert_eq!(use_streams(33).unwrap_err().code(), "rtmp.limit.chunk_streams");
}

#[test]
fn partial_messages_are_limited_to_8_mib_and_an_abort_makes_room() {
    let begun = |id| [opening(id, kind::VIDEO, 4 << 20), vec![0; 128]].concat();
    let mut reader = reader();
    read_all(&mut reader, &[begun(10), begun(11)].concat(), 4096).unwrap();
    reader.abort(11);
    read_all(&mut reader, &begun(12), 4096).unwrap();
    let error = read_all(&mut reader, &opening(13, kind::AUDIO, 1), 4096).unwrap_err();
    assert_eq!(error.code(), "rtmp.limit.partial");
}

#[test]
fn after_an_abort_the_chunk_stream_begins_anew() {
    let mut reader = reader();
    let sent = message(kind::AUDIO, 5, 20);
    read_all(
        &mut reader,
        &[opening(4, kind::AUDIO, 200), vec![1; 128]].concat(),
        4096,
    )
    .unwrap();
    reader.abort(4);
    let bytes = Peer::default().chunks(&sent, 4, 128).concat();
    assert_eq!(read_all(&mut reader, &bytes, 3).unwrap(), [sent]);
}

#[test]
fn a_message_within_another_and_a_stream_without_a_header_are_refused() {
    let twice = [
        opening(4, kind::AUDIO, 200),
        vec![1; 128],
        opening(4, kind::AUDIO, 5),
    ]
    .concat();
    assert_eq!(code_of(&twice), Some("rtmp.protocol"));
    assert_eq!(code_of(&[0xc4]), Some("rtmp.protocol"));
    assert_eq!(code_of(&[0x84, 0, 0, 1]), Some("rtmp.protocol"));
}

#[test]
fn the_payload_is_not_in_debug() {
    let m = Message {
        payload: Bytes::from_static(b"secret"),
        ..message(kind::COMMAND, 0, 0)
    };
    assert!(!format!("{m:?}").contains("secret"));
}

/// A stream's messages: kind, length, time since the one before.
fn stream() -> impl Strategy<Value = Vec<(u8, usize, u32)>> {
    let step = prop_oneof![Just(0u32), 0u32..100, 0xff_fff0u32..0x100_0010];
    let kind = prop_oneof![Just(kind::AUDIO), Just(kind::VIDEO)];
    prop::collection::vec((kind, prop_oneof![Just(130usize), 0usize..700], step), 0..6)
}

proptest! {
    #[test]
    fn interleaved_chunk_streams_are_read_whatever_the_pieces(
        streams in [stream(), stream(), stream()], repeats: bool, size in 128usize..300, piece in 1usize..40,
        order in prop::collection::vec(0usize..3, 0..60),
    ) {
        let mut queues = [const { Vec::new() }; 3];
        for (queue, (list, id)) in queues.iter_mut().zip(streams.iter().zip([4, 70, 400])) {
            let (mut peer, mut time) = (Peer { repeats, last: None }, 0u32);
            for &(kind, len, step) in list {
                time = time.wrapping_add(step);
                let sent = message(kind, time, len);
                let chunks = peer.chunks(&sent, id, size);
                let last = chunks.len() - 1;
                queue.extend(chunks.into_iter().enumerate().map(|(i, c)| (c, (i == last).then(|| sent.clone()))));
            }
            queue.reverse();
        }
        let (mut bytes, mut expected) = (vec![], vec![]);
        for pick in order.into_iter().chain((0..3).flat_map(|q| std::iter::repeat_n(q, 200))) {
            if let Some((chunk, done)) = queues[pick].pop() {
                bytes.extend(chunk);
                expected.extend(done);
            }
        }
        // A short rest that looks like the beginning of a timestamp is known with the chunk that follows.
        let end = message(kind::DATA, 0, 5);
        bytes.extend(Peer::default().chunks(&end, 3, size).concat());
        expected.push(end);
        let mut reader = reader();
        reader.set_chunk_size(size as u32).unwrap();
        prop_assert_eq!(read_all(&mut reader, &bytes, piece).unwrap(), expected);
    }

    #[test]
    fn what_we_write_is_read_again(len in 0usize..20_000, timestamp: u32, size in 128u32..5000, piece in 1usize..5000) {
        let sent = message(kind::VIDEO, timestamp, len);
        let mut out = BytesMut::new();
        write(&sent, 6, size, &mut out);
        let mut reader = reader();
        reader.set_chunk_size(size).unwrap();
        prop_assert_eq!(read_all(&mut reader, &out, piece).unwrap(), vec![sent]);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), piece in 1usize..100) {
        if let Ok(messages) = read_all(&mut reader(), &bytes, piece) {
            prop_assert!(messages.iter().all(|m| m.payload.len() <= bytes.len()));
        }
    }
}
