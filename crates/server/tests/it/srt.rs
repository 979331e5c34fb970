//! Callers by SRT: publishers and players.

use bytes::Bytes;
use container::flv::{Tag, TagKind};
use container::ts::{Demuxer, Event};
use media::TrackKind;

use crate::enhanced;
use crate::support::caller::Caller;
use crate::support::media::{PLAIN, Viewer, transport_stream};
use crate::support::{TestServer, anchor_server};

/// The latency is long: everything is sent at once, and nothing may be late on a busy machine.
const LISTEN: &str = "[listen]\nsrt = \"127.0.0.1:0\"\n[srt]\nlatency_ms = 2000\n";

/// The access unit in a tag of pictures or sound.
fn unit(tag: &Tag) -> Option<(TrackKind, Bytes)> {
    let kind = match tag.kind {
        TagKind::Video => TrackKind::Video,
        _ => TrackKind::Audio,
    };
    Some((kind, enhanced::unit(tag)?.data))
}

/// Those of one kind: between the two kinds the order may differ.
fn of(kind: TrackKind, units: &[(TrackKind, Bytes)]) -> Vec<Bytes> {
    let same = units.iter().filter(|(other, _)| *other == kind);
    same.map(|(_, data)| data.clone()).collect()
}

/// The access units in a transport stream.
fn units(stream: &[u8]) -> Vec<(TrackKind, Bytes)> {
    let mut demuxer = Demuxer::new();
    demuxer.push(stream);
    demuxer.flush();
    let frame = |event| match event {
        Event::Frame(frame) => Some((frame.kind, frame.data)),
        _ => None,
    };
    std::iter::from_fn(|| demuxer.poll_event())
        .filter_map(frame)
        .collect()
}

#[test]
fn what_is_published_by_srt_reaches_every_viewer_as_it_was() {
    let hevc = include_bytes!("../../../container/tests/clips/hevc_aac.ts").to_vec();
    let h264 = transport_stream(&PLAIN.tags(2));
    for (what, sent) in [("H.264", h264), ("H.265", hevc)] {
        let mut server = TestServer::start_with(LISTEN, "info");
        let address = server.srt.unwrap();
        let key = format!("#!::m=publish,r={}", server.key);
        let publisher = Caller::connect(address, &key, "").unwrap();
        server.wait_log("publishing by SRT");
        let mut viewer = Viewer::new(server.get("/live/show.flv"));
        let player = Caller::connect(address, "#!::m=request,r=show", "").unwrap();
        server.wait_log("an SRT player joined");
        publisher.publish(&sent);
        server.wait_log("publisher left");

        let expected = units(&sent);
        let (pictures, sound) = (of(TrackKind::Video, &expected), of(TrackKind::Audio, &expected));
        assert!(pictures.len() >= 25 && !sound.is_empty(), "{what}");
        let mut seen = Vec::new();
        while of(TrackKind::Video, &seen).len() < pictures.len() {
            seen.extend(unit(&viewer.next().unwrap()));
        }
        let played = player.play(pictures.len()).into_iter();
        let played: Vec<_> = played.map(|frame| (frame.kind, frame.data)).collect();
        for (who, got) in [("watched", seen), ("played", played)] {
            assert!(of(TrackKind::Video, &got) == pictures, "{what} {who}");
            // Sound before the first picture stays behind, and what comes after the last isn't waited for.
            let heard = of(TrackKind::Audio, &got);
            assert!(
                sound.windows(heard.len()).any(|part| part == heard),
                "{what} {who}"
            );
        }
        let stats = server.stats();
        assert_eq!((stats.refused_tags, stats.srt.total), (0, 1), "{stats:?}");
        let srt = stats.publisher.unwrap().srt.unwrap();
        assert_eq!(
            (srt.latency_ms, srt.dropped, srt.left_out),
            (2000, 0, 0),
            "{srt:?}"
        );
    }
}

#[test]
fn a_bare_key_publishes_and_a_bare_name_plays() {
    let mut server = TestServer::start_with(LISTEN, "info");
    let address = server.srt.unwrap();
    let publisher = Caller::connect(address, &server.key, "").unwrap();
    server.wait_log("publishing by SRT");
    let player = Caller::connect(address, "show", "").unwrap();
    server.wait_log("an SRT player joined");
    publisher.publish(&transport_stream(&PLAIN.tags(1)));
    assert!(!player.play(10).is_empty());
}

#[test]
fn who_may_not_is_told_why() {
    let mut server = TestServer::start_with(LISTEN, "info");
    let address = server.srt.unwrap();
    let refused = |id: &str| match Caller::connect(address, id, "") {
        Err(srt::Error::Rejected(reject)) => reject.code(),
        Err(other) => panic!("{id}: {other}"),
        Ok(_) => panic!("{id} was let in"),
    };
    assert_eq!(refused("#!::m=publish,r=wrong"), 1401);
    assert_eq!(refused("#!::m=request,r=show"), 1404, "it isn't live");
    assert_eq!(refused("#!::m=request,r=../etc"), 1404);
    assert_eq!(refused("#!::m=bidirectional,r=show"), 1405);
    assert_eq!(refused("#!::m=anything"), 1405);
    assert_eq!(refused("#!R1assets"), 1400);
    assert_eq!(refused(""), 1401);
    let sender = server.publish();
    server.wait_log("publishing");
    assert_eq!(
        refused(&format!("#!::m=publish,r={}", server.key)),
        1409,
        "another publishes"
    );
    drop(sender);
    let said = server.stop().2;
    assert!(!said.contains("wrong,") && !said.contains("r=wrong"), "{said}");
}

#[test]
fn a_port_that_is_taken_is_said() {
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let dir = tempfile::tempdir().unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let any = "127.0.0.1:0";
    let data = dir.path().to_str().unwrap();
    for command in ["run", "check"] {
        let ports = ["--http", any, "--rtmp", any, "--admin", any];
        let args = [&[command, "--data", data, "--srt", &address], &ports[..]].concat();
        let out = anchor_server(&args);
        let said = [out.stdout, out.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(!out.status.success(), "{command}");
        assert!(
            said.contains("Another program listens on") && said.contains("(srt)"),
            "{said}"
        );
    }
}

#[test]
fn a_passphrase_is_needed_where_there_is_one() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("passphrase");
    std::fs::write(&file, "correct horse\n").unwrap();
    let config = format!("{LISTEN}passphrase = {{ file = {file:?} }}\n");
    let mut server = TestServer::start_with(&config, "debug");
    let address = server.srt.unwrap();
    for wrong in ["", "incorrect horse"] {
        let refused = Caller::connect(address, &server.key, wrong);
        assert_eq!(refused.map(drop).unwrap_err().code(), "srt.passphrase", "{wrong}");
    }
    let publisher = Caller::connect(address, &server.key, "correct horse").unwrap();
    publisher.publish(&transport_stream(&PLAIN.tags(1)));
    server.wait_log("publisher left");
    assert!(server.stats().video.is_some_and(|video| video.frames >= 29));
    let key = server.key.clone();
    let said = server.stop().2;
    assert!(!said.contains("correct horse") && !said.contains(&key), "{said}");
}

#[test]
fn a_stream_that_nobody_can_read_is_said_and_ended() {
    let mut server = TestServer::start_with(LISTEN, "info");
    let publisher = Caller::connect(server.srt.unwrap(), &server.key, "").unwrap();
    server.wait_log("publishing by SRT");
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("old.ts");
    let made = std::process::Command::new("ffmpeg")
        .args([
            "-nostdin",
            "-loglevel",
            "error",
            "-f",
            "lavfi",
            "-i",
            "testsrc=size=160x90:rate=25",
        ])
        .args(["-t", "1", "-c:v", "mpeg2video"])
        .arg(&file)
        .status()
        .unwrap();
    assert!(made.success());
    publisher.send(&std::fs::read(file).unwrap());
    assert!(publisher.ended());
    server.wait_log("publisher left");
    let said = server.stats().last_error.unwrap().message;
    assert!(said.contains("only MPEG-2 video"), "{said}");
}

#[test]
fn rubbish_does_no_harm_and_the_next_publisher_is_taken() {
    let mut server = TestServer::start_with(LISTEN, "info");
    let address = server.srt.unwrap();
    let rubbish: Vec<u8> = (0..200_000u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    Caller::connect(address, &server.key, "")
        .unwrap()
        .publish(&rubbish);
    server.wait_log("publisher left");
    let publisher = Caller::connect(address, &server.key, "").unwrap();
    publisher.publish(&transport_stream(&PLAIN.tags(1)));
    server.wait_log("publisher left");
    assert!(server.stats().video.is_some_and(|video| video.frames >= 29));
}
