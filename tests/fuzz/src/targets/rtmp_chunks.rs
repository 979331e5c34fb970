//! The chunk stream of RTMP by itself: chunks to messages, and messages to chunks again.

use bytes::BytesMut;
use rtmp::Limits;
use rtmp::chunk::{self, Message, Reader};

use super::rtmp_messages::{HANDSHAKE, WORDS, chunk_size, join, opening, split, stream_of};
use crate::pieces::pieces;
use crate::target::{Parser, Seen, Target};

pub(super) const TARGET: Target = Target {
    name: "rtmp-chunks",
    corpus: "rtmp-server",
    marker: "a message was put together",
    // Messages begun and not complete, as `Limits` allow, of two readers.
    memory: 18 << 20,
    split,
    join,
    opening,
    words: WORDS,
    parser: || Box::new(read) as Box<dyn Parser>,
};

fn read(input: &[u8]) -> Seen {
    let chunks = input.get(HANDSHAKE..).unwrap_or_default();
    let (messages, error) = messages(pieces(chunks));
    let whole = self::messages(std::iter::once(chunks));
    assert!(
        whole == (messages.clone(), error.clone()),
        "pieces are read as the whole is"
    );
    assert!(again(&messages) == messages, "what is written is read again");
    Seen {
        past: !messages.is_empty(),
        refused: error.is_some(),
    }
}

/// The messages up to the end of the pieces, or to an error, of which this is the sentence.
fn messages<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Message>, Option<String>) {
    let (mut reader, mut messages) = (Reader::new(&Limits::default()), Vec::new());
    reader.allow_media();
    for mut piece in pieces {
        loop {
            match reader.read(&mut piece) {
                Ok(Some(message)) => {
                    let announced = chunk_size(&message).map(|size| reader.set_chunk_size(size));
                    messages.push(message);
                    if let Some(Err(error)) = announced {
                        return (messages, Some(error.to_string()));
                    }
                }
                Ok(None) => break,
                Err(error) => return (messages, Some(error.to_string())),
            }
        }
    }
    (messages, None)
}

/// Writes messages and reads them: those that announce a chunk size don't count, as all chunks have the same.
fn again(messages: &[Message]) -> Vec<Message> {
    let (mut out, mut reader) = (BytesMut::new(), Reader::new(&Limits::default()));
    reader.allow_media();
    for message in messages {
        chunk::write(
            message,
            stream_of(message.kind),
            chunk::DEFAULT_CHUNK_SIZE,
            &mut out,
        );
    }
    let mut rest = &out[..];
    std::iter::from_fn(|| reader.read(&mut rest).ok().flatten()).collect()
}
