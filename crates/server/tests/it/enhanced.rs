//! Publishers of Enhanced RTMP. The clips were made by ffmpeg 8.1.2, two seconds of
//! `testsrc=size=160x90:rate=30` and a sine, a key frame each second: libx265 with `-bf 2` and AAC, libsvtav1 and
//! libopus, libvpx-vp9 and libopus.

use container::flv::audio::{self, AudioTag};
use container::flv::video::{self, VideoTag};
use container::flv::{FourCc, Tag, TagKind};

use crate::hls::check_rendition;
use crate::support::TestServer;
use crate::support::media::{Viewer, tags};
use crate::support::player::Player;

const CLIPS: &[(&str, &[u8], &str)] = &[
    (
        "H.265 with B-frames, and AAC",
        include_bytes!("clips/hevc_aac.flv"),
        "CODECS=\"hvc1.1.6.L30.90,mp4a.40.2\"",
    ),
    (
        "AV1 and Opus",
        include_bytes!("clips/av1_opus.flv"),
        "CODECS=\"av01.0.00M.08,opus\"",
    ),
    (
        "VP9 and Opus",
        include_bytes!("clips/vp9_opus.flv"),
        "CODECS=\"vp09.00.10.08,opus\"",
    ),
];

/// One access unit, as every form of a tag says it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    codec: FourCc,
    key: bool,
    composition_ms: i32,
    pub(crate) data: bytes::Bytes,
}

/// The access unit in a tag of pictures or sound.
pub(crate) fn unit(tag: &Tag) -> Option<Unit> {
    match tag.kind {
        TagKind::Script => None,
        TagKind::Video => {
            let part = video::parts(&tag.data).unwrap().next()?.unwrap();
            let VideoTag::Frame {
                key,
                composition_ms,
                data,
            } = part.tag
            else {
                return None;
            };
            Some(Unit {
                codec: part.codec,
                key,
                composition_ms,
                data,
            })
        }
        TagKind::Audio => {
            let part = audio::parts(&tag.data).unwrap().next()?.unwrap();
            let AudioTag::Frame(data) = part.tag else {
                return None;
            };
            Some(Unit {
                codec: part.codec,
                key: false,
                composition_ms: 0,
                data,
            })
        }
    }
}

/// The access units from the first key frame on.
fn units(sent: &[Tag]) -> Vec<Unit> {
    let units = sent.iter().filter_map(unit);
    units.skip_while(|unit| !unit.key).collect()
}

#[test]
fn other_codecs_reach_every_viewer_as_they_were_published() {
    for (what, clip, codecs) in CLIPS {
        let mut server = TestServer::start();
        let sent = tags(clip);
        let expected = units(&sent);
        let mut sender = server.publish();
        let mut viewer = Viewer::new(server.get("/live/show.flv"));
        let mut player = Player::connect(server.rtmp, "show").unwrap();
        sender.send_all(&sent);
        sender.finish();
        let watched = std::iter::from_fn(|| viewer.next()).filter_map(|tag| unit(&tag));
        assert_eq!(
            watched.take(expected.len()).collect::<Vec<_>>(),
            expected,
            "{what}"
        );
        let played = std::iter::from_fn(|| player.next().ok()).filter_map(|tag| unit(&tag));
        assert_eq!(
            played.take(expected.len()).collect::<Vec<_>>(),
            expected,
            "{what}"
        );

        server.wait_log("publisher left");
        let index = server.text("/live/show/index.m3u8");
        assert!(index.contains(codecs), "{what}: {index}");
        for (rendition, kind) in [("video", TagKind::Video), ("audio", TagKind::Audio)] {
            let from = sent
                .iter()
                .position(|tag| unit(tag).is_some_and(|u| u.key))
                .unwrap();
            let frames = sent[from..]
                .iter()
                .filter(|t| t.kind == kind && unit(t).is_some())
                .count();
            check_rendition(&server, rendition, frames, what);
        }
        assert_eq!(
            server.stats().refused_tags,
            0,
            "{what}: {:?}",
            server.stats().last_error
        );
    }
}
