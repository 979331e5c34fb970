//! A viewer without a browser: HLS media playlists and what they name.

use std::io;
use std::net::SocketAddr;

use bytes::Bytes;

use crate::http;

/// A complete segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Its number.
    pub number: u64,
    /// Where it is, from the playlist's folder.
    pub uri: String,
    /// Where its init segment is.
    pub init: String,
    /// When its first sample was taken, as written: `2026-11-21T07:59:59.123Z`.
    pub date: Option<String>,
}

/// The complete segments that a media playlist names (RFC 8216), in order; gaps are left out.
pub fn segments(text: &str) -> Vec<Segment> {
    let (mut number, mut init, mut date, mut gap) = (0, String::new(), None, false);
    let mut segments = Vec::new();
    for line in text.lines() {
        if let Some(first) = line.strip_prefix("#EXT-X-MEDIA-SEQUENCE:") {
            number = first.parse().unwrap_or(0);
        } else if let Some(attributes) = line.strip_prefix("#EXT-X-MAP:") {
            init = quoted(attributes).to_owned();
        } else if let Some(text) = line.strip_prefix("#EXT-X-PROGRAM-DATE-TIME:") {
            date = Some(text.to_owned());
        } else if line == "#EXT-X-GAP" {
            gap = true;
        } else if !line.is_empty() && !line.starts_with('#') {
            if !std::mem::take(&mut gap) {
                segments.push(Segment {
                    number,
                    uri: line.to_owned(),
                    init: init.clone(),
                    date: date.take(),
                });
            }
            date = None;
            number += 1;
        }
    }
    segments
}

/// The first text between quotation marks.
fn quoted(attributes: &str) -> &str {
    attributes.split('"').nth(1).unwrap_or_default()
}

/// What lies at `file` in the folder of the show `name` of the server at `address`; `None` while there is nothing.
///
/// # Errors
/// The server can't be reached, or answers other than 200 and 404.
pub async fn fetch(address: SocketAddr, name: &str, file: &str) -> io::Result<Option<Bytes>> {
    let answer = http::get(address, &format!("/live/{name}/{file}")).await?;
    match answer.status {
        200 => Ok(Some(answer.body.into())),
        404 => Ok(None),
        status => Err(io::Error::other(format!("{file} answered {status}"))),
    }
}

/// The complete segments that the playlist of `rendition` (`video`, `audio`) names now.
///
/// # Errors
/// As [`fetch`]; the playlist is no text.
pub async fn read(address: SocketAddr, name: &str, rendition: &str) -> io::Result<Vec<Segment>> {
    let text = fetch(address, name, &format!("{rendition}.m3u8"))
        .await?
        .unwrap_or_default();
    Ok(segments(std::str::from_utf8(&text).map_err(io::Error::other)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_read_with_what_stands_before_them() {
        let text = "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:7\n#EXT-X-MAP:URI=\"v/init-1.mp4\"\n\
                    #EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:05.678Z\n\
                    #EXT-X-PART:DURATION=1,URI=\"v/7.0.m4s\"\n#EXTINF:2.0,\nv/7.m4s\n\
                    #EXT-X-GAP\n#EXTINF:2.0,\nv/8.m4s\n#EXTINF:2.0,\nv/9.m4s\n\
                    #EXT-X-PART:DURATION=1,URI=\"v/10.0.m4s\"\n";
        let found = segments(text);
        assert_eq!(found.iter().map(|s| s.number).collect::<Vec<_>>(), [7, 9]);
        assert_eq!(found[0].date.as_deref(), Some("2026-01-02T03:04:05.678Z"));
        assert_eq!(
            (found[1].date.as_deref(), &*found[1].init),
            (None, "v/init-1.mp4")
        );
    }
}
