//! The playlist of transport streams, and what they are made from.

use super::{MORNING, Publisher};

#[test]
fn rfc_8216_the_playlist_lists_what_is_complete_in_all_tracks() {
    let mut publisher = Publisher::new();
    publisher.send_until(5_000);
    let expected = "\
#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:1795248000
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:00.000Z
#EXTINF:2.00000,
ts/1795248000.ts
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:02.000Z
#EXTINF:2.00000,
ts/1795248001.ts
";
    assert_eq!(publisher.packager.transport().unwrap(), expected);
    publisher.connect(8_000);
    publisher.send_until(3_000);
    publisher.packager.end();
    let text = publisher.packager.transport().unwrap();
    let (_, later) = text
        .split_once("ts/1795248002.ts\n#EXT-X-DISCONTINUITY\n")
        .unwrap();
    assert!(
        later.starts_with("#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:08.000Z\n"),
        "{text}"
    );
    assert!(text.ends_with("#EXT-X-ENDLIST\n"));
}

#[test]
fn what_one_track_lacks_the_other_one_has() {
    let mut publisher = Publisher::new();
    publisher.send_until(4_000);
    publisher.sends_audio = false;
    publisher.send_until(9_000);
    publisher.packager.end_session();
    let text = publisher.packager.transport().unwrap();
    assert!(!text.contains("GAP"), "{text}");
    let tracks = |msn| {
        publisher
            .packager
            .unmuxed(MORNING as u64 + msn)
            .map(|unmuxed| unmuxed.0.len())
    };
    assert_eq!([tracks(0), tracks(3), tracks(9)], [Some(2), Some(1), None]);
}
