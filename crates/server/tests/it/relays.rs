//! Streams from one server to another, by both ways and within TLS.

use std::fmt::Write as _;

use api::server::{RelayDirection, RelayState, RelayStats};
use container::flv::{Tag, TagKind, video};

use crate::support::TestServer;
use crate::support::certificate::Certificate;
use crate::support::media::{PLAIN, Viewer, tags, watchable};

/// A relay that runs: the server is asked until it does, each answer being an event of its own.
fn running(server: &mut TestServer, what: &str) -> RelayStats {
    server.wait_log(what);
    let relay = server.relays().remove(0);
    assert_eq!(relay.state, RelayState::Running, "{relay:?}");
    relay
}

#[test]
fn a_stream_is_pulled_from_another_server_and_comes_back_with_it() {
    let mut origin = TestServer::start();
    let tags = PLAIN.pictures(1);
    let mut sender = origin.publish();
    sender.send_all(&tags);
    let config = format!(
        "[[pull]]\nstream = \"copy\"\nfrom = \"rtmp://{}/live\"\nname = \"show\"\n",
        origin.rtmp
    );
    let mut edge = TestServer::start_with(&config, "info");
    let relay = running(&mut edge, "pulling");
    assert_eq!(
        (relay.direction, relay.stream.as_str()),
        (RelayDirection::Pull, "copy")
    );
    let mut viewer = Viewer::new(edge.get("/live/copy.flv"));
    let got = viewer.all(&tags);
    let sent = watchable(&tags);
    assert!(got.iter().zip(&sent).all(|(got, sent)| got.data == sent.data));

    sender.finish();
    origin.wait_log("publisher left");
    let mut sender = origin.publish();
    sender.send_all(&tags);
    assert_eq!(
        viewer.media(sent.len()).len(),
        sent.len(),
        "the same viewer goes on"
    );
}

#[test]
fn a_stream_is_pushed_within_tls_and_its_key_is_in_no_log() {
    let dir = tempfile::tempdir().unwrap();
    let certificate = Certificate::write(dir.path(), &["localhost"]);
    let mut there = TestServer::start_with(&certificate.config(), "info");
    let mut config = String::new();
    writeln!(
        config,
        "[[push]]\nstream = \"show\"\nkey = {{ env = \"PLATFORM_KEY\" }}"
    )
    .unwrap();
    writeln!(
        config,
        "to = \"rtmps://localhost:{}/live\"",
        there.rtmps.unwrap().port()
    )
    .unwrap();
    let key = there.key.clone();
    let authority = certificate.authority.clone();
    let mut here = TestServer::start_as(&config, "debug", |command| {
        command.env("PLATFORM_KEY", &key).env("SSL_CERT_FILE", authority);
    });
    assert_eq!(here.relays()[0].state, RelayState::Waiting);
    let tags = PLAIN.pictures(2);
    let (first, rest) = tags.split_at(tags.len() / 2);
    let mut sender = here.publish();
    sender.send_all(first);
    there.wait_log("publishing");
    let mut viewer = Viewer::new(there.get("/live/show.flv"));
    viewer.media(1);
    sender.send_all(rest);
    viewer.media(10);
    let relay = running(&mut here, "pushing");
    assert_eq!(relay.direction, RelayDirection::Push);
    assert!(
        relay.bytes > 0 && relay.connections == 1 && relay.last_error.is_none(),
        "{relay:?}"
    );
    let metrics = here.admin_text("/metrics");
    assert!(
        metrics.contains("anchor_relay_running{stream=\"show\",direction=\"push\""),
        "{metrics}"
    );
    let (_, _, log) = here.stop();
    assert!(!log.contains(&key), "a key is in no log");
}

#[test]
fn a_certificate_nobody_knows_is_refused_and_said() {
    let dir = tempfile::tempdir().unwrap();
    let certificate = Certificate::write(dir.path(), &["localhost"]);
    let there = TestServer::start_with(&certificate.config(), "info");
    let key_file = dir.path().join("platform.key");
    std::fs::write(&key_file, &there.key).unwrap();
    let config = format!(
        "[[push]]\nstream = \"show\"\nkey = {{ file = {key_file:?} }}\nto = \"rtmps://localhost:{}/live\"\n",
        there.rtmps.unwrap().port()
    );
    let mut here = TestServer::start_with(&config, "info");
    let mut sender = here.publish();
    sender.send_all(&PLAIN.pictures(1));
    here.wait_log("a relay's connection ended");
    let error = here.relays()[0].last_error.clone().unwrap();
    assert_eq!(error.code, api::Code::RelayRefused);
    assert!(error.message.contains("certificate"), "{error}");
}

#[test]
fn a_refused_key_leaves_the_stream_here_alone() {
    let mut there = TestServer::start();
    let config = format!(
        "[[push]]\nstream = \"show\"\nkey = {{ env = \"PLATFORM_KEY\" }}\nto = \"rtmp://{}/live\"\n",
        there.rtmp
    );
    let mut here = TestServer::start_as(&config, "info", |command| {
        command.env("PLATFORM_KEY", "not-a-key-of-theirs");
    });
    let tags = PLAIN.pictures(1);
    let mut sender = here.publish();
    let mut viewer = Viewer::new(here.get("/live/show.flv"));
    sender.send_all(&tags);
    there.wait_log("publish refused");
    here.wait_log("a relay's connection ended");
    assert_eq!(viewer.all(&tags).len(), watchable(&tags).len());
    let error = here.relays()[0].last_error.clone().unwrap();
    assert!(error.message.contains("doesn't know the stream key"), "{error}");
    assert!(!error.message.contains("not-a-key-of-theirs"), "{error}");
}

#[test]
fn another_codec_is_pushed_to_who_takes_it() {
    let clip = tags(include_bytes!("clips/av1_opus.flv"));
    let there = TestServer::start();
    let push = |to: std::net::SocketAddr| {
        format!(
            "[[push]]\nstream = \"show\"\nkey = {{ env = \"PLATFORM_KEY\" }}\nto = \"rtmp://{to}/live\"\n"
        )
    };
    let mut here = TestServer::start_as(&push(there.rtmp), "info", |command| {
        command.env("PLATFORM_KEY", &there.key);
    });
    let mut sender = here.publish();
    sender.send_all(&clip);
    here.wait_log("pushing");
    sender.send_all(&clip);
    sender.finish();
    let mut viewer = Viewer::new(there.get("/live/show.flv"));
    let codec = |tag: &Tag| Some(video::parts(&tag.data).ok()?.next()?.ok()?.codec);
    let picture = std::iter::from_fn(|| viewer.next()).find(|tag| tag.kind == TagKind::Video);
    assert_eq!(picture.as_ref().and_then(codec), Some(video::AV1));
}
