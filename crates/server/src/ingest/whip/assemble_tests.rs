use std::sync::Arc;

use container::flv::TagKind;

use super::*;

/// Parameter sets of x264, High 3.0, 640x480, and slices: of a key frame, of another picture.
const SETS: &[u8] = &[
    0, 0, 0, 1, 0x67, 0x64, 0, 0x1e, 0xac, 0xd9, 0x40, 0xa0, 0x3d, 0xb0, 0x16, 0xc8, 0, 0, 3, 0, 8, 0, 0, 3,
    1, 0x90, 0x78, 0xb1, 0x6c, 0xb0, 0, 0, 0, 1, 0x68, 0xeb, 0xe3, 0xcb, 0x22, 0xc0,
];
const KEY: &[u8] = &[0, 0, 0, 1, 0x65, 0x88, 0x84];
const NEXT: &[u8] = &[0, 0, 0, 1, 0x41, 0x9a, 0x02];

fn picture(start: Instant, ms: u64, key: bool, whole: bool) -> Media {
    let data = if key { [SETS, KEY].concat() } else { NEXT.to_vec() };
    Media {
        kind: TrackKind::Video,
        ticks: ms * 90,
        clock: 90_000,
        arrived: start + Duration::from_millis(ms),
        report: None,
        whole,
        key,
        data: Arc::from(data),
    }
}

/// How many pictures there are among `tags`; the configuration is none.
fn pictures(tags: &[Tag]) -> usize {
    let shown = |tag: &&Tag| tag.kind == TagKind::Video && tag.data[1] == 1;
    tags.iter().filter(shown).count()
}

#[test]
fn pictures_begin_with_a_key_frame_and_wait_for_the_next_after_a_loss() {
    let (mut assembler, start) = (Assembler::default(), Instant::now());
    let mut shown = |ms, key, whole| pictures(&assembler.take(&picture(start, ms, key, whole)));
    assert_eq!(shown(0, false, true), 0, "nothing to begin with");
    assert_eq!(shown(33, true, true), 1);
    assert_eq!(shown(66, false, true), 1);
    assert_eq!(shown(133, false, false), 0, "one before it is lost");
    assert_eq!(shown(166, false, true), 0);
    assert_eq!(shown(200, true, true), 1);
    assert_eq!(assembler.broken(), 3);
}

#[test]
fn key_frames_are_asked_for_while_one_is_needed_and_where_they_are_seldom() {
    let (mut assembler, start) = (Assembler::default(), Instant::now());
    let at = |ms| start + Duration::from_millis(ms);
    assembler.take(&picture(start, 0, false, true));
    assert!(assembler.wants_key_frame(at(0)), "there was none");
    assert!(!assembler.wants_key_frame(at(999)), "once a second");
    assembler.take(&picture(start, 1_000, true, true));
    assert!(!assembler.wants_key_frame(at(3_999)));
    assert!(assembler.wants_key_frame(at(4_000)), "browsers make none unasked");
    assert!(!assembler.wants_key_frame(at(4_100)), "it is on its way");
    assembler.take(&picture(start, 4_200, true, true));
    assert!(!assembler.wants_key_frame(at(7_100)));
}

#[test]
fn publishers_of_a_key_frame_every_two_seconds_are_left_alone() {
    let (mut assembler, start) = (Assembler::default(), Instant::now());
    for frame in 0..600_u64 {
        let ms = frame * 33;
        assembler.take(&picture(start, ms, frame % 60 == 0, true));
        assert!(
            !assembler.wants_key_frame(start + Duration::from_millis(ms)),
            "at {ms} ms"
        );
    }
}
