//! By WHIP, to a server that the test holds in its hands.

use std::time::Duration;

use api::control::{Command, Outcome};
use api::studio::Failure;
use container::h264::{self, AnnexB, AvcConfig, annexb_to_avcc};
use media::{Packet, Timestamp, TrackKind};
use pipeline::decode::FrameDecoder;
use rtc::Media;
use studio::session::Session;

use super::server::Whip;
use super::{KEY, live, report_of, within};

/// Ticks of the pictures' clock in a second.
const SECOND: u64 = 90_000;

/// What arrives at `peer`, up to so many pictures.
async fn watch(peer: &mut rtc::net::Session, pictures: usize) -> (Vec<Media>, Vec<Media>) {
    let (mut seen, mut heard) = (Vec::new(), Vec::new());
    while seen.len() < pictures {
        match within(peer.next()).await {
            rtc::Event::Media(media) if media.kind == TrackKind::Video => seen.push(media),
            rtc::Event::Media(media) => heard.push(media),
            rtc::Event::Ended => panic!("after {} pictures", seen.len()),
            _ => {}
        }
    }
    (seen, heard)
}

fn unit(picture: &Media) -> AnnexB {
    annexb_to_avcc(&picture.data)
}

/// Decodes `pictures`: darkest and brightest luma of each.
fn decoded(pictures: &[Media]) -> Vec<(u8, u8)> {
    let first = unit(&pictures[0]);
    let record = AvcConfig::from_parameter_sets(&first.sps, &first.pps).unwrap();
    let parameters = h264::parameters(&record.to_bytes()).unwrap();
    assert_eq!((parameters.size.width, parameters.size.height), (320, 180));
    let mut decoder = FrameDecoder::new(&parameters).unwrap();
    let mut frames = Vec::new();
    for picture in pictures {
        let at = Timestamp::from_ticks(picture.ticks as i64, picture.clock);
        let packet = Packet::at(TrackKind::Video, at, picture.key, unit(picture).data);
        frames.extend(decoder.decode(&packet).unwrap());
    }
    frames.extend(decoder.finish().unwrap());
    let range = |luma: &[u8]| (*luma.iter().min().unwrap(), *luma.iter().max().unwrap());
    frames.iter().map(|frame| range(frame.plane(0))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_show_arrives_as_h264_and_opus_and_ends_with_a_word() {
    let mut server = Whip::start().await;
    let session = live(&server.url, "").await;
    let mut peer = within(server.peer()).await;
    let (seen, heard) = watch(&mut peer, 60).await;
    assert!(seen[0].key && seen.iter().all(|picture| picture.whole));
    assert!(
        seen.iter()
            .all(|picture| container::sei::find(&unit(picture).data).is_none())
    );
    let ranges = decoded(&seen);
    assert_eq!(ranges.len(), 60);
    assert!(
        ranges.iter().all(|(dark, bright)| *dark < 60 && *bright > 180),
        "{ranges:?}"
    );

    // A whole packet is one frame of 20 ms (RFC 6716, 3.1), and a tone isn't silence.
    assert!(
        heard
            .iter()
            .all(|packet| packet.data[0] & 3 == 0 && packet.data.len() > 60)
    );
    assert!(heard.windows(2).all(|pair| pair[1].ticks - pair[0].ticks == 960));

    let report = session.finish().await.unwrap();
    let theirs = report_of(&report);
    assert_eq!(
        (theirs.connections, theirs.failed_tries, &theirs.error),
        (1, 0, &None)
    );
    assert!(theirs.frames_sent >= 60 && theirs.audio_sent >= heard.len() as u64);
    assert!(
        theirs.line.is_some_and(|line| line.rtt_ms.is_some()),
        "{theirs:?}"
    );

    let begun = within(server.request()).await.text;
    let ended = within(server.request()).await.text;
    assert!(begun.starts_with("POST /whip/room HTTP/1.1"), "{begun}");
    assert!(begun.contains("content-type: application/sdp"));
    assert!(ended.starts_with("DELETE /whip/room/1 HTTP/1.1"), "{ended}");
    for request in [begun, ended] {
        assert_eq!(request.matches(KEY).count(), 1);
        assert!(
            request.contains(&format!("authorization: Bearer {KEY}")),
            "{request}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn key_frames_come_when_asked_for_and_tell_the_companion_the_time() {
    let mut server = Whip::start().await;
    let companion = format!("companion = {{ url = \"http://{}\" }}\n", server.address);
    let session = live(&server.url, &companion).await;
    let mut peer = within(server.peer()).await;
    let mut keys = Vec::new();
    while keys.len() < 5 {
        let (seen, _) = watch(&mut peer, 1).await;
        peer.request_key_frame();
        let clock = container::sei::find(&unit(&seen[0]).data);
        assert_eq!(clock.is_some(), seen[0].key, "each key frame and nothing else");
        keys.extend(seen[0].key.then_some(seen[0].ticks));
    }
    // By themselves they are two seconds apart; where a show begins, its first two may be close.
    let apart: Vec<_> = keys.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let (soonest, asked) = (
        apart[1..].iter().min(),
        apart[1..].iter().any(|ticks| *ticks < 2 * SECOND),
    );
    assert!(asked && soonest >= Some(&SECOND), "{apart:?}");
    let report = session.finish().await.unwrap();
    assert!(report_of(&report).key_frames_asked >= 3);
}

/// Why the place isn't reached, once that is known.
async fn failure(session: &Session) -> Failure {
    // Nothing tells of each try that fails: it is asked again and again.
    let mut looks = tokio::time::interval(Duration::from_millis(50));
    loop {
        looks.tick().await;
        if let Outcome::Done(done) = session.handle().ask(Command::State {}).await
            && let Some(failure) = done.state.unwrap().places[0].error.clone()
        {
            return failure;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_said_and_asked_about_again() {
    let mut server = Whip::start().await;
    server.refuse(Some("401 Unauthorized"));
    let session = live(&server.url, "").await;
    let failure = within(failure(&session)).await;
    assert_eq!(failure.code, "whip.key");
    assert!(failure.sentence.contains("check the stream key") && !failure.sentence.contains(KEY));
    server.refuse(Some("409 Conflict"));
    while within(server.request()).await.status != "409 Conflict" {}
    server.refuse(None);
    let mut peer = within(server.peer()).await;
    watch(&mut peer, 3).await;
    let report = session.finish().await.unwrap();
    let theirs = report_of(&report);
    assert!(theirs.connections == 1 && theirs.failed_tries >= 2, "{theirs:?}");
    assert_eq!(theirs.error.as_ref().unwrap().code, "whip.busy");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_ends_is_begun_anew_when_its_place_is_free() {
    let mut server = Whip::start().await;
    let session = live(&server.url, "").await;
    let mut peer = within(server.peer()).await;
    watch(&mut peer, 3).await;
    peer.close();
    let mut again = within(server.peer()).await;
    let (seen, _) = watch(&mut again, 3).await;
    assert!(seen[0].key);
    for said in ["POST /whip/room ", "DELETE /whip/room/1 ", "POST /whip/room "] {
        let request = within(server.request()).await.text;
        assert!(request.starts_with(said), "{request}");
    }
    let report = session.finish().await.unwrap();
    let theirs = report_of(&report);
    assert_eq!(theirs.connections, 2);
    assert_eq!(theirs.error.as_ref().unwrap().code, "whip.lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_lets_no_packet_pass_is_told_from_a_server_that_is_away() {
    let mut server = Whip::start_deaf().await;
    let session = live(&server.url, "").await;
    let failure = within(failure(&session)).await;
    assert_eq!(failure.code, "whip.blocked");
    session.finish().await.unwrap();
    let begun = within(server.request()).await.text;
    let ended = within(server.request()).await.text;
    assert!(
        begun.starts_with("POST ") && ended.starts_with("DELETE "),
        "{ended}"
    );

    let away = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    server.url = format!("http://{}/whip", away.local_addr().unwrap());
    drop(away);
    let session = live(&server.url, "").await;
    let failure = within(self::failure(&session)).await;
    assert_eq!(failure.code, "whip.unreachable");
    session.finish().await.unwrap();
}
