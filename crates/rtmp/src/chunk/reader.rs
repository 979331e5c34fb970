//! Chunks to messages, from bytes in pieces of any size.

use bytes::BytesMut;

use super::{DEFAULT_CHUNK_SIZE, EXTENDED, Message, kind};
use crate::{Error, Limits};

/// Basic header of 3 bytes, message header of 11, extended timestamp of 4.
const MAX_HEADER: usize = 18;
/// Bytes of the message header by chunk type (clause 5.3.1.2).
const MESSAGE_HEADER: [usize; 4] = [11, 7, 3, 0];

/// Puts messages together, within [`Limits`].
pub struct Reader {
    limits: Limits,
    chunk_size: usize,
    /// The header being read.
    head: [u8; MAX_HEADER],
    head_len: usize,
    /// Bytes taken for a timestamp that were something else; read again before anything new.
    replay: Vec<u8>,
    /// The chunk being read: index of its stream, bytes to come.
    chunk: Option<(usize, usize)>,
    streams: Vec<ChunkStream>,
    partial: usize,
    media: bool,
    /// Whether the peer was seen to leave an extended timestamp out of a type 3 header.
    leaves_out: bool,
}

/// What a chunk stream remembers from header to header.
struct ChunkStream {
    id: u32,
    timestamp: u32,
    /// The last header's timestamp or difference.
    field: u32,
    /// Whether that stood in the extended field.
    extended: bool,
    len: usize,
    kind: u8,
    stream: u32,
    /// The message being put together; none between messages.
    body: Option<BytesMut>,
}

/// The first bytes of a chunk: its type, its stream and how many they are (clause 5.3.1.1).
#[derive(Clone, Copy)]
struct Basic {
    fmt: u8,
    id: u32,
    len: usize,
}

impl Basic {
    fn parse(head: &[u8]) -> Option<Self> {
        let first = *head.first()?;
        let (id, len) = match first & 0x3f {
            0 => (64 + u32::from(*head.get(1)?), 2),
            1 => (64 + u32::from(*head.get(1)?) + 256 * u32::from(*head.get(2)?), 3),
            id => (u32::from(id), 1),
        };
        Some(Self {
            fmt: first >> 6,
            id,
            len,
        })
    }
}

impl Reader {
    /// A reader at the beginning of a chunk stream, after the handshake. Until [`Reader::allow_media`] no
    /// message may be larger than [`Limits::data`].
    pub fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            chunk_size: DEFAULT_CHUNK_SIZE as usize,
            head: [0; MAX_HEADER],
            head_len: 0,
            replay: Vec::new(),
            chunk: None,
            streams: Vec::new(),
            partial: 0,
            media: false,
            leaves_out: false,
        }
    }

    /// From here on audio and video messages may be as large as [`Limits`] say for them.
    pub fn allow_media(&mut self) {
        self.media = true;
    }

    /// The peer announced its chunk size (clause 5.4.1).
    ///
    /// # Errors
    /// [`Error::ChunkSize`] when it is out of the allowed range.
    pub fn set_chunk_size(&mut self, size: u32) -> Result<(), Error> {
        if !self.limits.chunk_size.contains(&size) {
            return Err(Error::ChunkSize(size));
        }
        self.chunk_size = size as usize;
        Ok(())
    }

    /// The peer gives the message on chunk stream `id` up (clause 5.4.2).
    pub fn abort(&mut self, id: u32) {
        if let Some(s) = self.streams.iter_mut().find(|s| s.id == id)
            && s.body.take().is_some()
        {
            self.partial -= s.len;
        }
    }

    /// Reads from the front of `input` up to the end of one message; none when `input` ended before.
    ///
    /// # Errors
    /// [`Error`] of the protocol or of a limit; the stream can't be read on.
    pub fn read(&mut self, input: &mut &[u8]) -> Result<Option<Message>, Error> {
        loop {
            if self.replay.is_empty() {
                let message = self.step(input)?;
                if message.is_some() || self.replay.is_empty() {
                    return Ok(message);
                }
            }
            let bytes = std::mem::take(&mut self.replay);
            let mut again = &bytes[..];
            let message = self.step(&mut again)?;
            self.replay.extend_from_slice(again);
            if message.is_some() {
                return Ok(message);
            }
        }
    }

    /// As [`Reader::read`], but ends also when bytes were put into `replay`.
    fn step(&mut self, input: &mut &[u8]) -> Result<Option<Message>, Error> {
        loop {
            if let Some((index, left)) = self.chunk {
                let message = self.payload(index, left, input);
                if message.is_some() || self.chunk.is_some() {
                    return Ok(message);
                }
                continue;
            }
            if !self.replay.is_empty() {
                return Ok(None);
            }
            let Some((&byte, rest)) = input.split_first() else {
                return Ok(None);
            };
            *input = rest;
            self.head[self.head_len] = byte;
            self.head_len += 1;
            self.header()?;
            if !self.replay.is_empty() {
                return Ok(None);
            }
        }
    }

    /// Moves payload from `input`; the message when it is complete.
    fn payload(&mut self, index: usize, left: usize, input: &mut &[u8]) -> Option<Message> {
        let s = &mut self.streams[index];
        let (now, rest) = input.split_at(left.min(input.len()));
        *input = rest;
        let body = s.body.get_or_insert_default();
        body.extend_from_slice(now);
        if now.len() < left {
            self.chunk = Some((index, left - now.len()));
            return None;
        }
        self.chunk = None;
        if body.len() < s.len {
            return None;
        }
        self.partial -= s.len;
        Some(Message {
            kind: s.kind,
            timestamp: s.timestamp,
            stream: s.stream,
            payload: s.body.take().unwrap_or_default().freeze(),
        })
    }

    /// Looks at the header bytes so far; begins the chunk when they are all there.
    fn header(&mut self) -> Result<(), Error> {
        let head = &self.head[..self.head_len];
        let Some(basic) = Basic::parse(head) else {
            return Ok(());
        };
        let end = basic.len + MESSAGE_HEADER[usize::from(basic.fmt)];
        if head.len() < end {
            return Ok(());
        }
        if basic.fmt == 3 {
            return self.header_3(basic);
        }
        let mut field = be24(&head[basic.len..]);
        if field == EXTENDED {
            let Some(bytes) = head.get(end..end + 4) else {
                return Ok(());
            };
            field = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
            return self.begin(basic, Some((field, true)));
        }
        self.begin(basic, Some((field, false)))
    }

    /// A type 3 header after an extended timestamp may repeat it or not: peers have both habits. The bytes
    /// are compared with the time it would be, and taken for payload at the first that differs. A rest shorter
    /// than a timestamp isn't held up for that once the peer was seen to leave it out.
    fn header_3(&mut self, basic: Basic) -> Result<(), Error> {
        let known = self.streams.iter().find(|s| s.id == basic.id);
        let Some(s) = known.filter(|s| s.extended) else {
            return self.begin(basic, None);
        };
        let rest = s.body.as_ref().map(|body| s.len - body.len());
        if self.leaves_out && rest.is_some_and(|rest| rest < 4) {
            return self.begin(basic, None);
        }
        let time = if s.body.is_some() {
            s.timestamp
        } else {
            s.timestamp.wrapping_add(s.field)
        };
        let candidates = [s.field.to_be_bytes(), time.to_be_bytes()];
        let held = &self.head[basic.len..self.head_len];
        if !candidates.iter().any(|c| c.starts_with(held)) {
            let held = held.to_vec();
            self.leaves_out |= rest.is_some();
            self.begin(basic, None)?;
            self.replay = held;
            return Ok(());
        }
        if held.len() == 4 {
            return self.begin(basic, None);
        }
        Ok(())
    }

    /// Begins a chunk; `field` is the timestamp field of types 0 to 2 and whether it was extended.
    fn begin(&mut self, basic: Basic, field: Option<(u32, bool)>) -> Result<(), Error> {
        let head = self.head;
        let header = &head[basic.len..];
        self.head_len = 0;
        let index = self.stream(basic)?;
        let s = &mut self.streams[index];
        if let Some((field, extended)) = field {
            if s.body.is_some() {
                return Err(Error::Protocol(
                    "a message begins within another of its chunk stream",
                ));
            }
            (s.field, s.extended) = (field, extended);
            if basic.fmt < 2 {
                s.len = be24(&header[3..]) as usize;
                s.kind = header[6];
            }
            if basic.fmt == 0 {
                s.stream = u32::from_le_bytes([header[7], header[8], header[9], header[10]]);
                s.timestamp = 0;
            }
        }
        let left = match &s.body {
            Some(body) => s.len - body.len(),
            None => self.begin_message(index)?,
        };
        self.chunk = Some((index, left.min(self.chunk_size)));
        Ok(())
    }

    /// Begins a message as the stream's fields say; its length.
    fn begin_message(&mut self, index: usize) -> Result<usize, Error> {
        let s = &mut self.streams[index];
        let limit = match s.kind {
            kind::AUDIO if self.media => self.limits.audio,
            kind::VIDEO | kind::AGGREGATE if self.media => self.limits.video,
            _ => self.limits.data,
        };
        let (kind, len) = (s.kind, s.len);
        if len > limit {
            return Err(Error::MessageTooLarge { kind, len, limit });
        }
        if self.partial + len > self.limits.partial {
            return Err(Error::Partial);
        }
        self.partial += len;
        // Type 3 adds the last field, also when that was type 0's timestamp (clause 5.3.1.2.4).
        s.timestamp = s.timestamp.wrapping_add(s.field);
        s.body = Some(BytesMut::with_capacity(len));
        Ok(len)
    }

    /// The index of the chunk's stream, which begins with it when it is new. Some clients begin one with type
    /// 1, as a difference from 0.
    fn stream(&mut self, basic: Basic) -> Result<usize, Error> {
        if let Some(index) = self.streams.iter().position(|s| s.id == basic.id) {
            return Ok(index);
        }
        if basic.fmt > 1 {
            return Err(Error::Protocol("a chunk stream begins without a header"));
        }
        if self.streams.len() >= self.limits.chunk_streams {
            return Err(Error::ChunkStreams);
        }
        self.streams.push(ChunkStream {
            id: basic.id,
            timestamp: 0,
            field: 0,
            extended: false,
            len: 0,
            kind: 0,
            stream: 0,
            body: None,
        });
        Ok(self.streams.len() - 1)
    }
}

fn be24(bytes: &[u8]) -> u32 {
    u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]])
}
