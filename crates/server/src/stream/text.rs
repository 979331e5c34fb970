//! Playlists and manifests: made once for all who ask, until something changes.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use packager::{Extent, Packager, Rendition, Skip};

/// What can be asked for as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    /// HLS: the multivariant playlist.
    Multivariant,
    /// HLS: a media playlist.
    Playlist(Rendition),
    /// HLS: a media playlist without what a player knows already.
    Delta(Rendition),
    /// HLS for devices that know no CMAF: the playlist of transport streams.
    Transport,
    /// DASH: the manifest.
    Manifest,
}

/// A text as it is sent.
#[derive(Debug)]
pub(crate) struct Text {
    plain: Bytes,
    packed: OnceLock<Bytes>,
    tag: u64,
}

impl Text {
    fn new(text: String) -> Arc<Self> {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        Arc::new(Self {
            plain: text.into(),
            packed: OnceLock::new(),
            tag: hasher.finish(),
        })
    }

    /// The text.
    pub(crate) fn plain(&self) -> Bytes {
        self.plain.clone()
    }

    /// The same by gzip (RFC 1952), compressed for the first who asks.
    pub(crate) fn packed(&self) -> Bytes {
        let packed = self.packed.get_or_init(|| {
            let mut encoder = GzEncoder::new(Vec::with_capacity(1024), Compression::default());
            // Writing into memory never fails; an empty answer would be seen at once.
            let written = encoder.write_all(&self.plain).and_then(|()| encoder.finish());
            written.unwrap_or_default().into()
        });
        packed.clone()
    }

    /// Another for each content.
    pub(crate) const fn tag(&self) -> u64 {
        self.tag
    }
}

/// The texts of a stream as it is now.
#[derive(Debug, Default)]
pub(crate) struct Texts(Vec<(Document, Extent, Arc<Text>)>);

impl Texts {
    /// Something changed.
    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }

    /// `document`; none while there is no such thing.
    pub(crate) fn get(
        &mut self,
        packager: &Packager,
        document: Document,
        extent: Extent,
    ) -> Option<Arc<Text>> {
        let made = self.0.iter().find(|(d, e, _)| (*d, *e) == (document, extent));
        if let Some((_, _, text)) = made {
            return Some(Arc::clone(text));
        }
        let text = match document {
            Document::Multivariant => packager.multivariant(extent),
            Document::Playlist(rendition) => packager.playlist(rendition, extent, None),
            Document::Delta(rendition) => packager.playlist(rendition, extent, Some(Skip::Segments)),
            Document::Transport => packager.transport(),
            Document::Manifest => packager.manifest(extent),
        };
        let text = Text::new(text?);
        self.0.push((document, extent, Arc::clone(&text)));
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_packed_once_and_its_tag_is_its_content_s() {
        let text = Text::new("#EXTM3U\n".repeat(100));
        assert_eq!(text.tag(), Text::new("#EXTM3U\n".repeat(100)).tag());
        assert_ne!(text.tag(), Text::new("#EXTM3U\n".into()).tag());
        let packed = text.packed();
        assert!(packed.len() < 100 && packed.as_ptr() == text.packed().as_ptr());
        let mut plain = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&packed[..]), &mut plain).unwrap();
        assert_eq!(plain, text.plain());
    }
}
