//! Playlists, written out.

use media::FrameRate;

use super::Publisher;
use crate::Rendition::{Audio, Video};
use crate::{Config, Extent, Skip};

#[test]
fn video_while_the_second_segment_grows() {
    let mut publisher = Publisher::new();
    publisher.send_until(2_800);
    let expected = "\
#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-PART-INF:PART-TARGET=0.33334
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.00002,CAN-SKIP-UNTIL=12.0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA-SEQUENCE:1795248000
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-MAP:URI=\"video/init-1.mp4\"
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:00.000Z
#EXT-X-PART:DURATION=0.33333,URI=\"video/1795248000.0.m4s\",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.33333,URI=\"video/1795248000.1.m4s\"
#EXT-X-PART:DURATION=0.33333,URI=\"video/1795248000.2.m4s\"
#EXT-X-PART:DURATION=0.33333,URI=\"video/1795248000.3.m4s\"
#EXT-X-PART:DURATION=0.33333,URI=\"video/1795248000.4.m4s\"
#EXT-X-PART:DURATION=0.33333,URI=\"video/1795248000.5.m4s\"
#EXTINF:2.00000,
video/1795248000.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:02.000Z
#EXT-X-PART:DURATION=0.33333,URI=\"video/1795248001.0.m4s\",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.33333,URI=\"video/1795248001.1.m4s\"
#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"video/1795248001.2.m4s\"
#EXT-X-RENDITION-REPORT:URI=\"audio.m3u8\",LAST-MSN=1795248001,LAST-PART=1
";
    assert_eq!(publisher.playlist(Video), expected);
}

#[test]
fn audio_begins_its_second_segment_with_the_first_frame_not_before_the_key_frame() {
    let mut publisher = Publisher::new();
    publisher.send_until(2_800);
    let expected = "\
#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-PART-INF:PART-TARGET=0.32000
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.00002,CAN-SKIP-UNTIL=12.0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA-SEQUENCE:1795248000
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-MAP:URI=\"audio/init-1.mp4\"
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:00.000Z
#EXT-X-PART:DURATION=0.32000,URI=\"audio/1795248000.0.m4s\",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.32000,URI=\"audio/1795248000.1.m4s\",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.32000,URI=\"audio/1795248000.2.m4s\",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.32000,URI=\"audio/1795248000.3.m4s\",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.32000,URI=\"audio/1795248000.4.m4s\",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.32000,URI=\"audio/1795248000.5.m4s\",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.08533,URI=\"audio/1795248000.6.m4s\",INDEPENDENT=YES
#EXTINF:2.00533,
audio/1795248000.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:02.005Z
#EXT-X-PART:DURATION=0.32000,URI=\"audio/1795248001.0.m4s\",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.32000,URI=\"audio/1795248001.1.m4s\",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"audio/1795248001.2.m4s\"
#EXT-X-RENDITION-REPORT:URI=\"video.m3u8\",LAST-MSN=1795248001,LAST-PART=1
";
    assert_eq!(publisher.playlist(Audio), expected);
}

#[test]
fn a_delta_update_leaves_out_what_is_older_than_six_targets() {
    let mut publisher = Publisher::new();
    publisher.send_until(18_100);
    let text = publisher
        .packager
        .playlist(Video, Extent::Live, Some(Skip::DateRanges))
        .unwrap();
    let without_parts: Vec<_> = text.lines().filter(|l| !l.starts_with("#EXT-X-PART:")).collect();
    let expected = "\
#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-PART-INF:PART-TARGET=0.33334
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.00002,CAN-SKIP-UNTIL=12.0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA-SEQUENCE:1795248000
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-SKIP:SKIPPED-SEGMENTS=2
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:04.000Z
#EXTINF:2.00000,
video/1795248002.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:06.000Z
#EXTINF:2.00000,
video/1795248003.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:08.000Z
#EXTINF:2.00000,
video/1795248004.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:10.000Z
#EXTINF:2.00000,
video/1795248005.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:12.000Z
#EXTINF:2.00000,
video/1795248006.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:14.000Z
#EXTINF:2.00000,
video/1795248007.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:16.000Z
#EXTINF:2.00000,
video/1795248008.m4s
#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"video/1795248009.0.m4s\"
#EXT-X-RENDITION-REPORT:URI=\"audio.m3u8\",LAST-MSN=1795248008,LAST-PART=6";
    assert_eq!(without_parts.join("\n"), expected);
}

#[test]
fn a_new_session_with_other_parameters_and_the_end_of_the_show() {
    let mut publisher = Publisher::with(
        Config {
            promised_gop: Some(2),
            window: 3,
            ..Config::default()
        },
        Some(FrameRate::whole(30)),
        None,
    );
    publisher.send_until(6_000);
    publisher.packager.end_session();
    publisher.rate = FrameRate::whole(25);
    publisher.gop = 50;
    publisher.tracks[0].parameters = super::avc(publisher.rate);
    publisher.connect(9_000);
    publisher.send_until(3_000);
    publisher.packager.end();
    let expected = "\
#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-PART-INF:PART-TARGET=0.33334
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.00002,CAN-SKIP-UNTIL=12.0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA-SEQUENCE:1795248002
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-MAP:URI=\"video/init-1.mp4\"
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:04.000Z
#EXTINF:2.00000,
video/1795248002.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI=\"video/init-2.mp4\"
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:09.000Z
#EXTINF:2.00000,
video/1795248003.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:11.000Z
#EXTINF:1.00000,
video/1795248004.m4s
#EXT-X-ENDLIST
";
    assert_eq!(publisher.playlist(Video), expected);
}

#[test]
fn multivariant_with_pictures_and_sound() {
    let mut publisher = Publisher::new();
    publisher.send_until(2_100);
    let text = publisher.packager.multivariant(Extent::Live).unwrap();
    let variant = text
        .lines()
        .find(|l| l.starts_with("#EXT-X-STREAM-INF:"))
        .unwrap();
    let (measured, rest) = variant.split_once(",CODECS=").unwrap();
    assert_eq!(
        rest,
        "\"avc1.42c00b,mp4a.40.2\",RESOLUTION=160x90,FRAME-RATE=30.000,AUDIO=\"audio\",CLOSED-CAPTIONS=NONE"
    );
    let head = "\
#EXTM3U
#EXT-X-VERSION:9
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"audio\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"2\",URI=\"audio.m3u8\"
";
    assert_eq!(text, format!("{head}{variant}\nvideo.m3u8\n"));
    let bytes = |rendition| -> u64 {
        let parts = publisher.segment(rendition, 1_795_248_000).unwrap();
        parts.iter().map(|p| p.len() as u64).sum()
    };
    let bits = bytes(Video) * 8 * 100_000 / 200_000 + bytes(Audio) * 8 * 100_000 / 200_533;
    assert_eq!(
        measured,
        format!("#EXT-X-STREAM-INF:BANDWIDTH={bits},AVERAGE-BANDWIDTH={bits}")
    );
}

#[test]
fn multivariant_with_pictures_alone_and_without_a_promise() {
    let mut publisher = Publisher::with(Config::default(), FrameRate::new(30_000, 1001), None);
    publisher.send_until(2_100);
    let text = publisher.packager.multivariant(Extent::Live).unwrap();
    assert!(
        !text.contains("INDEPENDENT-SEGMENTS") && !text.contains("EXT-X-MEDIA"),
        "{text}"
    );
    assert!(text.ends_with(
        ",CODECS=\"avc1.42c00b\",RESOLUTION=160x90,FRAME-RATE=29.970,CLOSED-CAPTIONS=NONE\nvideo.m3u8\n"
    ));
}

#[test]
fn multivariant_with_sound_alone() {
    let mut publisher = Publisher::with(Config::default(), None, Some(44_100));
    publisher.send_until(5_000);
    let text = publisher.packager.multivariant(Extent::Live).unwrap();
    assert!(
        text.contains("#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-STREAM-INF:BANDWIDTH="),
        "{text}"
    );
    assert!(text.ends_with(",CODECS=\"mp4a.40.2\"\naudio.m3u8\n"), "{text}");
}
