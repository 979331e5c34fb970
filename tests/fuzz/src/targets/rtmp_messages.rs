//! RTMP sessions as messages: one for the handshake, then those of the chunk stream.
//!
//! A message is its type, its timestamp and its message stream (four bytes each, big-endian), then its payload.

use bytes::{Bytes, BytesMut};
use rtmp::Limits;
use rtmp::chunk::{self, DEFAULT_CHUNK_SIZE, Message, Reader, kind};

/// Bytes of a handshake, either side's.
pub(super) const HANDSHAKE: usize = 1 + 2 * 1536;
/// Bytes in front of a payload.
const HEAD: usize = 9;

/// Words that one side or the other acts upon.
pub(super) const WORDS: &[&str] = &[
    "connect",
    "createStream",
    "publish",
    "play",
    "deleteStream",
    "closeStream",
    "FCPublish",
    "FCUnpublish",
    "releaseStream",
    "getStreamLength",
    "_result",
    "_error",
    "onStatus",
    "close",
    "@setDataFrame",
    "@clearDataFrame",
    "onMetaData",
    "anchorClock",
    "NetStream.Publish.Start",
    "NetStream.Play.Start",
    "NetStream.Play.Stop",
    "NetConnection.Connect.ReconnectRequest",
    "tcUrl",
    "objectEncoding",
    "videoFourCcInfoMap",
    "error",
];

/// Takes a recording of one direction apart.
pub(super) fn split(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (handshake, mut rest) = bytes.split_at(HANDSHAKE.min(bytes.len()));
    let mut reader = Reader::new(&Limits::default());
    reader.allow_media();
    let mut messages = vec![handshake.to_vec()];
    while let Ok(Some(message)) = reader.read(&mut rest) {
        if let Some(size) = chunk_size(&message)
            && reader.set_chunk_size(size).is_err()
        {
            break;
        }
        messages.push(flat(&message));
    }
    messages
}

/// Writes the messages as chunks, of the size that they announce.
pub(super) fn join(messages: &[Vec<u8>]) -> Vec<u8> {
    let Some((handshake, messages)) = messages.split_first() else {
        return Vec::new();
    };
    let mut out = BytesMut::from(&handshake[..]);
    let mut size = DEFAULT_CHUNK_SIZE;
    for message in messages.iter().filter_map(|bytes| message(bytes)) {
        chunk::write(&message, stream_of(message.kind), size, &mut out);
        let allowed = Limits::default().chunk_size;
        size = chunk_size(&message)
            .filter(|size| allowed.contains(size))
            .unwrap_or(size);
    }
    out.to_vec()
}

/// How many messages come before the first picture or sound.
pub(super) fn opening(messages: &[Vec<u8>]) -> usize {
    let media = |bytes: &Vec<u8>| matches!(bytes.first(), Some(&(kind::AUDIO | kind::VIDEO)));
    let messages = messages.get(1..).unwrap_or_default();
    1 + messages.iter().position(media).unwrap_or(messages.len())
}

fn flat(message: &Message) -> Vec<u8> {
    let mut bytes = vec![message.kind];
    bytes.extend(message.timestamp.to_be_bytes());
    bytes.extend(message.stream.to_be_bytes());
    bytes.extend(&message.payload);
    bytes
}

fn message(bytes: &[u8]) -> Option<Message> {
    let &[kind, t0, t1, t2, t3, s0, s1, s2, s3] = bytes.first_chunk::<HEAD>()?;
    Some(Message {
        kind,
        timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
        stream: u32::from_be_bytes([s0, s1, s2, s3]),
        payload: Bytes::copy_from_slice(&bytes[HEAD..]),
    })
}

/// What a message announces as the size of the chunks that follow.
pub(super) fn chunk_size(message: &Message) -> Option<u32> {
    let size = message
        .payload
        .first_chunk()
        .filter(|_| message.kind == kind::SET_CHUNK_SIZE);
    size.map(|size| u32::from_be_bytes(*size))
}

/// A chunk stream for each type of message, as encoders have.
pub(super) fn stream_of(kind: u8) -> u8 {
    match kind {
        1..=6 => 2,
        kind::COMMAND | kind::COMMAND_AMF3 => 3,
        kind::AUDIO => 4,
        kind::DATA | kind::DATA_AMF3 => 5,
        _ => 6,
    }
}
