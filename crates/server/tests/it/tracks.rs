//! Publishers of several tracks of a kind: who asks for all gets all, nobody else hears of them.

use api::server::RelayState;
use container::flv::audio::{self, AudioPart};
use container::flv::video::{self, VideoPart};
use container::flv::{Tag, TagKind};

use crate::support::TestServer;
use crate::support::media::{PLAIN, Viewer, is_media, watchable};
use crate::support::player::Player;

/// The number of the further track of each kind.
const FURTHER: u8 = 3;

/// What `tag` says, as a part of a further track.
fn further(tag: &Tag) -> Option<Tag> {
    let data = match tag.kind {
        TagKind::Script => None,
        TagKind::Video => {
            let part = video::parts(&tag.data).unwrap().next()?.unwrap();
            video::track_body(&VideoPart {
                track: FURTHER,
                ..part
            })
        }
        TagKind::Audio => {
            let part = audio::parts(&tag.data).unwrap().next()?.unwrap();
            audio::track_body(&AudioPart {
                track: FURTHER,
                ..part
            })
        }
    };
    Some(Tag {
        data: data?,
        ..tag.clone()
    })
}

fn is_further(tag: &Tag) -> bool {
    match tag.kind {
        TagKind::Script => false,
        TagKind::Video => video::parts(&tag.data).unwrap().next().unwrap().unwrap().track == FURTHER,
        TagKind::Audio => audio::parts(&tag.data).unwrap().next().unwrap().unwrap().track == FURTHER,
    }
}

/// A clip, and the same with a further track beside each of its own: said last, so that none of it waits at the end.
fn clip() -> (Vec<Tag>, Vec<Tag>) {
    let main = PLAIN.pictures(2);
    let both = main
        .iter()
        .flat_map(|tag| further(tag).into_iter().chain([tag.clone()]))
        .collect();
    (main, both)
}

/// Checks that what comes holds the further tracks' configurations, and then every part of them up to the last. How many
/// of those behind the first key frame had gone by before.
fn check(what: &str, main: &[Tag], mut next: impl FnMut() -> Option<Tag>) -> usize {
    let bodies = |tags: &mut dyn Iterator<Item = &Tag>| -> Vec<_> {
        tags.filter_map(further).map(|tag| tag.data).collect()
    };
    let parts = bodies(&mut watchable(main).into_iter());
    let mut configurations = bodies(&mut main.iter().filter(|tag| !is_media(tag)));
    let mut seen = Vec::new();
    while seen.last() != parts.last() {
        let tag = next().unwrap_or_else(|| panic!("{what}: the stream ended"));
        match configurations.iter().position(|one| *one == tag.data) {
            Some(at) => drop(configurations.remove(at)),
            None if is_further(&tag) => seen.push(tag.data),
            None => {}
        }
    }
    assert!(configurations.is_empty(), "{what}: {configurations:?}");
    assert!(parts.ends_with(&seen), "{what}: a part is missing");
    parts.len() - seen.len()
}

#[test]
fn all_tracks_reach_who_asks_for_them_and_nobody_else() {
    let mut origin = TestServer::start();
    let (main, both) = clip();
    let mut sender = origin.publish();
    let mut plain = Viewer::new(origin.get("/live/show.flv"));
    let mut all = Viewer::new(origin.get("/live/show.flv?tracks=all"));
    let mut player = Player::connect(origin.rtmp, "show").unwrap();
    sender.send_all(&both);
    let got = plain.all(&main);
    assert!(
        got.iter()
            .zip(watchable(&main))
            .all(|(got, sent)| got.data == sent.data)
    );
    // That of the first key frame stands before it.
    assert!(check("HTTP-FLV", &main, || all.next()) <= 1);
    assert!(check("RTMP", &main, || player.next().ok()) <= 1);
    assert_eq!(origin.stats().further_tracks, 2);
    assert_eq!(origin.stats().refused_tags, 0);
    sender.finish();
    origin.wait_log("publisher left");
}

#[test]
fn all_tracks_pass_from_server_to_server() {
    let mut there = TestServer::start();
    let (main, both) = clip();
    let config = format!(
        "[[push]]\nstream = \"show\"\nkey = {{ env = \"PLATFORM_KEY\" }}\nto = \"rtmp://{}/live\"\n",
        there.rtmp
    );
    let key = there.key.clone();
    let mut here = TestServer::start_as(&config, "info", |command| {
        command.env("PLATFORM_KEY", &key);
    });
    let mut sender = here.publish();
    sender.send_all(&both);
    here.wait_log("pushing");
    let config = format!(
        "[[pull]]\nstream = \"copy\"\nfrom = \"rtmp://{}/live\"\nname = \"show\"\n",
        there.rtmp
    );
    let mut edge = TestServer::start_with(&config, "info");
    edge.wait_log("pulling");
    assert_eq!(edge.relays()[0].state, RelayState::Running);
    let mut viewer = Viewer::new(edge.get("/live/copy.flv?tracks=all"));
    // What is further goes out behind the next picture of the main track: each server on the way waits for one.
    let last = main.last().unwrap();
    for late in 1..=3 {
        sender.send(&Tag {
            timestamp: last.timestamp + 40 * late,
            ..last.clone()
        });
    }
    check("a pulled copy of a pushed one", &main, || viewer.next());
    assert_eq!(edge.stats().further_tracks, 2);
    there.wait_log("publishing");
}
