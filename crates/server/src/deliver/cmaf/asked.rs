//! What an address asks for.

use api::{Code, Fault};
use packager::{Extent, Rendition, Skip};
use serde::Deserialize;

use crate::deliver::Refusal;
use crate::stream::{Ask, Document};

/// A player's delivery directives (draft-pantos-hls-rfc8216bis, 6.2.5). Others that begin with `_HLS_` are
/// reserved and ignored.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Directives {
    #[serde(rename = "_HLS_msn")]
    msn: Option<String>,
    #[serde(rename = "_HLS_part")]
    part: Option<String>,
    #[serde(rename = "_HLS_skip")]
    skip: Option<String>,
}

/// The text at `{index,rewind}.{m3u8,mpd}`, `ts.m3u8` or `{video,audio}[-rewind].m3u8`; none at others.
pub(super) fn text(file: &str, directives: &Directives) -> Result<Option<Ask>, Refusal> {
    let Some((document, extent)) = named(file) else {
        return Ok(None);
    };
    let Document::Playlist(rendition) = document else {
        return Ok(Some(asked(document, extent, None, None)));
    };
    let skip = directives
        .skip
        .as_deref()
        .map(|text| Skip::parse(text).ok_or_else(wrong));
    let document = match skip.transpose()? {
        Some(_) => Document::Delta(rendition),
        None => document,
    };
    let msn = directives.msn.as_deref().map(directive).transpose()?;
    let part = directives.part.as_deref().map(directive).transpose()?;
    Ok(Some(asked(document, extent, msn, part)))
}

fn asked(document: Document, extent: Extent, msn: Option<u64>, part: Option<u32>) -> Ask {
    Ask::Text {
        document,
        extent,
        msn,
        part,
    }
}

fn named(file: &str) -> Option<(Document, Extent)> {
    let (stem, kind) = file.rsplit_once('.')?;
    let whole = |stem| match stem {
        "index" => Some(Extent::Live),
        "rewind" => Some(Extent::Rewind),
        _ => None,
    };
    match (kind, whole(stem)) {
        ("m3u8", None) if stem == "ts" => Some((Document::Transport, Extent::Live)),
        ("mpd", extent) => Some((Document::Manifest, extent?)),
        ("m3u8", Some(extent)) => Some((Document::Multivariant, extent)),
        ("m3u8", None) => {
            let (name, extent) = match stem.strip_suffix("-rewind") {
                Some(name) => (name, Extent::Rewind),
                None => (stem, Extent::Live),
            };
            Some((Document::Playlist(rendition(name)?), extent))
        }
        _ => None,
    }
}

/// The rendition of this name.
pub(super) fn rendition(name: &str) -> Option<Rendition> {
    [Rendition::Video, Rendition::Audio]
        .into_iter()
        .find(|r| r.name() == name)
}

/// The piece of media at `{init-V.mp4,SEQ.m4s,SEQ.PART.m4s}`.
pub(super) fn media(rendition: Rendition, file: &str) -> Option<Ask> {
    if let Some(version) = file.strip_prefix("init-").and_then(|f| f.strip_suffix(".mp4")) {
        return Some(Ask::Init(rendition, number(version)?));
    }
    let stem = file.strip_suffix(".m4s")?;
    match stem.split_once('.') {
        None => Some(Ask::Segment(rendition, number(stem)?, None)),
        Some((msn, part)) => Some(Ask::Part(rendition, number(msn)?, number(part)?)),
    }
}

/// The transport stream at `SEQ.ts`.
pub(super) fn transport(file: &str) -> Option<Ask> {
    Some(Ask::Transport(number(file.strip_suffix(".ts")?)?))
}

/// A number in the only form that playlists write it: one piece, one address.
fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    let plain = text == "0" || !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn directive<T: std::str::FromStr>(text: &str) -> Result<T, Refusal> {
    number(text).ok_or_else(wrong)
}

fn wrong() -> Refusal {
    Fault::new(Code::RequestInvalid, "A delivery directive (_HLS_…) is wrong.").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_has_one_address() {
        let asked = |file| media(Rendition::Video, file);
        assert_eq!(asked("init-0.mp4"), Some(Ask::Init(Rendition::Video, 0)));
        assert_eq!(
            asked("1795247999.m4s"),
            Some(Ask::Segment(Rendition::Video, 1_795_247_999, None))
        );
        assert_eq!(asked("17.3.m4s"), Some(Ask::Part(Rendition::Video, 17, 3)));
        let others = [
            "017.m4s",
            "17.03.m4s",
            "+17.m4s",
            "17..m4s",
            ".m4s",
            "17.3.4.m4s",
            "init-.mp4",
            "17.mp4",
            "99999999999999999999999.m4s",
            "1.99999999999.m4s",
        ];
        for other in others {
            assert_eq!(asked(other), None, "{other}");
        }
    }

    #[test]
    fn every_text_has_one_address() {
        let (live, rewind) = (Extent::Live, Extent::Rewind);
        let (video, audio) = (Rendition::Video, Rendition::Audio);
        let texts = [
            ("index.m3u8", (Document::Multivariant, live)),
            ("rewind.m3u8", (Document::Multivariant, rewind)),
            ("video.m3u8", (Document::Playlist(video), live)),
            ("audio-rewind.m3u8", (Document::Playlist(audio), rewind)),
            ("ts.m3u8", (Document::Transport, live)),
            ("index.mpd", (Document::Manifest, live)),
            ("rewind.mpd", (Document::Manifest, rewind)),
        ];
        for (file, expected) in texts {
            assert_eq!(named(file), Some(expected), "{file}");
        }
        let others = [
            "index",
            "video.mpd",
            "index-rewind.m3u8",
            "ts-rewind.m3u8",
            ".m3u8",
            "video-rewind-rewind.m3u8",
            "INDEX.m3u8",
        ];
        for other in others {
            assert_eq!(named(other), None, "{other}");
        }
    }

    #[test]
    fn directives_are_read_or_refused() {
        let asked = |msn: Option<&str>, part: Option<&str>, skip: Option<&str>| {
            let own = |t: Option<&str>| t.map(str::to_owned);
            let directives = Directives {
                msn: own(msn),
                part: own(part),
                skip: own(skip),
            };
            text("audio.m3u8", &directives)
        };
        let of = Document::Delta(Rendition::Audio);
        let expected = super::asked(of, Extent::Live, Some(9), Some(2));
        assert_eq!(asked(Some("9"), Some("2"), Some("YES")).unwrap(), Some(expected));
        assert!(asked(Some("x"), None, None).is_err());
        assert!(asked(Some("-1"), None, None).is_err());
        assert!(asked(Some("9"), Some(""), None).is_err());
        assert!(asked(None, None, Some("NO")).is_err());
    }
}
