//! Which moment of the day a picture stands for.

use std::time::{SystemTime, UNIX_EPOCH};

use api::server::ClockState;
use container::flv::{Tag, video};
use container::sei;
use media::{MediaClock, ShowId, Utc};

use crate::support::TestServer;
use crate::support::media::{PLAIN, Viewer, is_key, picture};

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros() as i64
}

fn stamp(utc: i64) -> MediaClock {
    MediaClock {
        utc: Utc(utc),
        show: ShowId([7; 16]),
        gop: 0,
        synchronised: true,
    }
}

/// `tag`'s key frame with a stamp in it.
fn stamped(tag: &Tag, utc: i64) -> Tag {
    Tag {
        data: video::frame(true, 0, &sei::insert(&picture(tag), &stamp(utc))),
        ..tag.clone()
    }
}

#[test]
fn the_stamp_in_the_picture_wins_over_the_message_and_both_over_arrival() {
    let server = TestServer::start();
    let tags = PLAIN.tags(2);
    let mut sender = server.publish();
    let mut viewer = Viewer::new(server.get("/live/show.flv"));
    let taken = now() - 1_500_000;
    for tag in &tags {
        if is_key(tag) {
            sender.send_clock(&stamp(taken - 3_000_000));
            sender.send(&stamped(tag, taken + i64::from(tag.timestamp) * 1000));
        } else {
            sender.send(tag);
        }
    }
    viewer.media(60);
    let late = {
        let mut late = Viewer::new(server.get("/live/show.flv"));
        late.media(1);
        late.joins()[0]
    };
    let first = viewer.joins()[0];
    for join in [first, late] {
        assert!(join.known && join.synchronised && !join.estimated);
    }
    let key = tags.iter().find(|t| is_key(t)).unwrap();
    assert_eq!(first.utc.as_micros(), taken + i64::from(key.timestamp) * 1000);
    assert_eq!(
        late.utc.as_micros() - first.utc.as_micros(),
        i64::from(late.timestamp - first.timestamp) * 1000
    );
    let clock = server.stats().clock;
    assert_eq!(clock.state, ClockState::Synchronised);
    assert!(clock.stamp_delay_ms.unwrap() >= 400.0);
    // Stamps tell our studio, which promises a key frame every two seconds.
    let playlist = server.text("/live/show/video.m3u8");
    assert!(playlist.contains("#EXT-X-TARGETDURATION:2\n"), "{playlist}");
    assert!(playlist.contains("#EXT-X-INDEPENDENT-SEGMENTS\n"), "{playlist}");
}

#[test]
fn the_message_counts_where_the_picture_has_no_stamp() {
    let server = TestServer::start();
    let tags = PLAIN.tags(1);
    let mut sender = server.publish();
    let mut viewer = Viewer::new(server.get("/live/show.flv"));
    let taken = now() - 2_000_000;
    sender.send_clock(&stamp(taken));
    sender.send_all(&tags);
    viewer.media(10);
    assert_eq!(viewer.joins()[0].utc.as_micros(), taken);
}

#[test]
fn a_stamp_from_a_wrong_clock_gives_way_to_arrival_and_that_is_said() {
    let server = TestServer::start();
    let tags = PLAIN.tags(1);
    let mut sender = server.publish();
    let mut viewer = Viewer::new(server.get("/live/show.flv"));
    let before = now();
    sender.send_clock(&stamp(before - 3_600_000_000));
    sender.send_all(&tags);
    viewer.media(10);
    let join = viewer.joins()[0];
    assert!(join.known && join.estimated && !join.synchronised);
    assert!((before - 2_000_000..=now()).contains(&join.utc.as_micros()));
    let clock = server.stats().clock;
    assert_eq!((clock.state, clock.refused_stamps), (ClockState::Implausible, 1));
}
