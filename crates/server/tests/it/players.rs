//! RTMP in, RTMP out.

use container::flv::{Tag, TagKind, script, video};
use rtmp::Error;

use crate::flv::CLIPS;
use crate::support::TestServer;
use crate::support::media::{PLAIN, is_key, is_media, watchable};
use crate::support::player::Player;

/// The place of the second key frame, or the end.
fn second_key(tags: &[Tag]) -> usize {
    let keys = tags.iter().enumerate().filter(|(_, tag)| is_key(tag));
    keys.map(|(at, _)| at).nth(1).unwrap_or(tags.len())
}

#[test]
fn players_get_what_was_published_whatever_it_is() {
    for (what, clip) in CLIPS {
        let server = TestServer::start();
        let tags = clip.tags(2);
        let (first, rest) = tags.split_at(second_key(&tags));
        let mut sender = server.publish();
        sender.send_all(first);
        let mut player = Player::connect(server.rtmp, "show").unwrap();
        let has_video = tags.iter().any(|tag| tag.kind == TagKind::Video);
        if !has_video {
            // Sound alone goes out by the time that passes, or at the end.
            sender.finish();
            check(what, &mut player, &tags);
            continue;
        }
        // It begins where it came, whatever is sent meanwhile.
        let begun = begin(what, &mut player, true);
        sender.send_all(rest);
        sender.finish();
        follow(what, &mut player, &begun, &tags);
    }
}

fn check(what: &str, player: &mut Player, tags: &[Tag]) {
    let begun = begin(what, player, false);
    follow(what, player, &begun, tags);
}

/// Looks at what comes before the media: metadata under its own name, then the configurations. Gives the first of
/// the media.
fn begin(what: &str, player: &mut Player, has_video: bool) -> Tag {
    let mut opening = Vec::new();
    let begun = loop {
        match player.next().unwrap() {
            tag if is_media(&tag) => break tag,
            tag => opening.push(tag),
        }
    };
    let scripts = opening.iter().filter(|tag| tag.kind == TagKind::Script);
    let names: Vec<_> = scripts.filter_map(|tag| script::name(&tag.data)).collect();
    assert_eq!(names, ["|RtmpSampleAccess", "onMetaData"], "{what}");
    let is_configuration = |tag: &Tag| tag.kind == TagKind::Video && video::is_sequence_header(&tag.data);
    assert_eq!(opening.iter().any(is_configuration), has_video, "{what}");
    begun
}

/// All of `tags` behind the first that was played comes as it was sent, at the same distance.
fn follow(what: &str, player: &mut Player, begun: &Tag, tags: &[Tag]) {
    let from = tags
        .iter()
        .position(|tag| is_media(tag) && tag.data == begun.data)
        .unwrap();
    let (first, rest) = tags[from..].split_first().unwrap();
    let expected: Vec<_> = rest.iter().filter(|tag| is_media(tag)).collect();
    let got = player.media(expected.len());
    for (got, sent) in got.iter().zip(expected) {
        assert_eq!((got.kind, &got.data), (sent.kind, &sent.data), "{what}");
        let since = |tag: &Tag, begun: &Tag| tag.timestamp.wrapping_sub(begun.timestamp);
        assert_eq!(since(got, begun), since(sent, first), "{what}");
    }
}

#[test]
fn a_player_waits_through_an_interruption_and_hears_of_the_end() {
    let mut server = TestServer::start_with("[stream]\nhold_viewers_ms = 2000\n", "info");
    let tags = PLAIN.pictures(1);
    let mut sender = server.publish();
    sender.send_all(&tags);
    let mut player = Player::connect(server.rtmp, "show").unwrap();
    player.media(watchable(&tags).len());
    sender.finish();
    server.wait_log("publisher left");
    let mut sender = server.publish();
    sender.send_all(&tags);
    // Who is there already gets what comes before the first key frame, too.
    let again = player.media(tags.iter().filter(|tag| is_media(tag)).count());
    let times: Vec<_> = again.iter().map(|tag| (tag.kind, tag.timestamp)).collect();
    assert!(times.windows(2).all(|w| w[0].1 <= w[1].1), "{times:?}");
    assert_eq!(server.stats().rtmp.now, 1);
    sender.finish();
    // What stands in for a while comes before it.
    let end = std::iter::from_fn(|| Some(player.next())).find_map(Result::err);
    assert!(matches!(end, Some(Error::Closed)), "its end is told: {end:?}");
    server.wait_log("an RTMP player left");
    assert_eq!((server.stats().rtmp.now, server.stats().rtmp.total), (0, 1));
}

#[test]
fn a_player_may_have_all_of_the_address_in_the_application() {
    let server = TestServer::start();
    let tags = PLAIN.pictures(1);
    let mut sender = server.publish();
    sender.send_all(&tags);
    let mut player = Player::connect_to(&format!("rtmp://{}/live/show", server.rtmp), "").unwrap();
    assert_eq!(player.media(1).len(), 1);
    let other = Player::connect_to(&format!("rtmp://{}/other/show", server.rtmp), "");
    assert!(matches!(other, Err(Error::Rejected { .. })));
}

#[test]
fn what_is_not_there_is_refused_in_a_sentence() {
    let server = TestServer::start();
    let refused = |name: &str| match Player::connect(server.rtmp, name) {
        Err(Error::Rejected { code, description }) => (code, description),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it plays"),
    };
    for name in ["show", "../show", "", "no such name"] {
        let (code, description) = refused(name);
        assert_eq!(code, "NetStream.Play.StreamNotFound", "{name}");
        assert_eq!(description, "There is no such stream.", "{name}");
    }
}

#[test]
fn all_players_get_the_same() {
    let server = TestServer::start();
    let tags = PLAIN.pictures(2);
    let (first, rest) = tags.split_at(second_key(&tags));
    let mut sender = server.publish();
    sender.send_all(first);
    let mut players: Vec<_> = (0..8)
        .map(|_| Player::connect(server.rtmp, "show").unwrap())
        .collect();
    players
        .iter_mut()
        .for_each(|player| assert_eq!(player.media(1).len(), 1));
    sender.send_all(rest);
    let count = watchable(&tags).len() - 1;
    let got: Vec<_> = players.iter_mut().map(|player| player.media(count)).collect();
    assert!(got.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(server.stats().rtmp.now, 8);
}
