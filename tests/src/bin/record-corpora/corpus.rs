//! Where recordings go.

use std::io;
use std::path::{Path, PathBuf};

use container::amf0::{Limits, decode_all};
use rtmp::chunk::{Reader, kind};

/// Bytes of a recording at most: many inputs are made of each.
pub(crate) const LARGEST: usize = 36 * 1024;
/// Bytes of a handshake.
const HANDSHAKE: usize = 1 + 2 * 1536;

/// The folder of all recordings.
pub(crate) struct Corpus(PathBuf);

impl Default for Corpus {
    fn default() -> Self {
        Self(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora"))
    }
}

impl Corpus {
    /// The file `name` of `target`.
    pub(crate) fn file(&self, target: &str, name: &str) -> io::Result<PathBuf> {
        let folder = self.0.join(target);
        std::fs::create_dir_all(&folder)?;
        Ok(folder.join(name))
    }

    /// Writes the beginning of `bytes`.
    pub(crate) fn keep(&self, target: &str, name: &str, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Err(io::Error::other(format!("{target} {name}: nothing was recorded")));
        }
        let bytes = &bytes[..bytes.len().min(LARGEST)];
        println!("{target:<16}{name:<36}{:>8} bytes", bytes.len());
        std::fs::write(self.file(target, name)?, bytes)
    }

    /// Writes one direction of an RTMP session: whole, its handshake, and its commands and data.
    pub(crate) fn keep_rtmp(&self, target: &str, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.keep(target, name, bytes)?;
        let (handshake, mut rest) = bytes.split_at(HANDSHAKE.min(bytes.len()));
        self.keep("rtmp-handshake", name, handshake)?;
        let mut reader = Reader::new(&rtmp::Limits::default());
        reader.allow_media();
        let mut values = Vec::new();
        while let Ok(Some(message)) = reader.read(&mut rest) {
            match (message.kind, message.payload.first_chunk()) {
                (kind::SET_CHUNK_SIZE, Some(size)) => {
                    let set = reader.set_chunk_size(u32::from_be_bytes(*size));
                    set.map_err(io::Error::other)?;
                }
                (kind::COMMAND | kind::DATA, _)
                    if decode_all(&message.payload, &Limits::default()).is_ok() =>
                {
                    values.extend_from_slice(&message.payload);
                }
                _ => {}
            }
        }
        self.keep("amf0", name, &values)
    }
}
