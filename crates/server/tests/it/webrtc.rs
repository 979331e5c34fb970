//! WebRTC: publishers by WHIP, viewers by WHEP, and what both are refused.

use std::io::Write as _;
use std::time::{Duration, Instant};

use container::flv::{Tag, TagKind, video};
use container::h264;
use media::{Packet, Timestamp, TrackKind, VideoParameters};
use rtc::net::{Endpoint, Session};
use rtc::signal::{Bearer, Client};
use rtc::{Error, Event, Media, Role, Unit};

use crate::enhanced;
use crate::support::media::{PLAIN, Viewer, WITH_B_FRAMES, is_key, is_media, picture};
use crate::support::publisher::Live;
use crate::support::{PATIENCE, TestServer, http};

const LISTEN: &str = "[listen]\nrtc = \"127.0.0.1:0\"\n";

/// A caller of WHIP or WHEP that is connected.
struct Caller {
    _port: Endpoint,
    client: Client,
    session: Session,
}

impl Caller {
    async fn connect(server: &TestServer, path: &str, key: Option<&str>, role: Role) -> Result<Self, Error> {
        let bearer = key.map(|key| Bearer::new(key).unwrap());
        let mut client = Client::new(&format!("http://{}{path}", server.http), bearer)?;
        let port = Endpoint::call(client.resolve().await?)?;
        let (mut session, offer) = port.offer(role)?;
        session.accept(&client.offer(offer).await?)?;
        let mut caller = Self {
            _port: port,
            client,
            session,
        };
        while !matches!(caller.next().await, Event::Connected) {}
        Ok(caller)
    }

    async fn next(&mut self) -> Event {
        let event = tokio::time::timeout(PATIENCE, self.session.next());
        event.await.unwrap_or_else(|_| panic!("nothing happens"))
    }

    /// Until `enough` is of what came.
    async fn until(&mut self, enough: impl Fn(&[Media]) -> bool) -> Vec<Media> {
        let mut seen = Vec::new();
        while !enough(&seen) {
            match self.next().await {
                Event::Media(media) => seen.push(media),
                Event::Ended => panic!("ended after {} access units", seen.len()),
                _ => {}
            }
        }
        seen
    }
}

fn parameters(tags: &[Tag]) -> VideoParameters {
    let headers = tags
        .iter()
        .find(|tag| tag.kind == TagKind::Video && video::is_sequence_header(&tag.data));
    match video::parse(&headers.unwrap().data).unwrap() {
        video::VideoTag::SequenceHeader(record) => h264::parameters(&record).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn pictures(tags: &[Tag]) -> Vec<&Tag> {
    let pictures = tags
        .iter()
        .filter(|tag| tag.kind == TagKind::Video && is_media(tag));
    pictures.collect()
}

/// The access unit as WebRTC's receivers give it, without parameter sets.
fn received(media: &Media) -> bytes::Bytes {
    h264::annexb_to_avcc(&media.data).data
}

fn of(kind: TrackKind, seen: &[Media]) -> Vec<&Media> {
    seen.iter().filter(|media| media.kind == kind).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_by_whip_reaches_viewers_as_it_was() {
    let mut server = TestServer::start_with(LISTEN, "info");
    let clip = PLAIN.tags(2);
    let video = parameters(&clip);
    let mut publisher = Caller::connect(&server, "/whip", Some(&server.key), Role::Send)
        .await
        .unwrap();
    server.wait_log("publishing by WebRTC");
    let mut viewer = Viewer::new(server.get("/live/show.flv"));
    let start = Instant::now();
    let sound = Packet::at(
        TrackKind::Audio,
        Timestamp::ZERO,
        true,
        bytes::Bytes::from_static(&[0xfc, 0xff, 0xfe]),
    );
    let sound = Unit::sound(&sound, start);
    for tag in pictures(&clip) {
        let at = Timestamp::from_millis(i64::from(tag.timestamp));
        let packet = Packet::at(TrackKind::Video, at, is_key(tag), picture(tag));
        publisher.session.send(&Unit::picture(&packet, &video, start), at);
        publisher.session.send(&sound, Timestamp::ZERO);
    }
    let count = pictures(&clip).len();
    // Paced packets go while somebody waits.
    let drive = tokio::spawn(async move {
        loop {
            if let Event::Ended = publisher.session.next().await {
                return publisher;
            }
        }
    });
    let seen = tokio::task::spawn_blocking(move || {
        let mut seen = Vec::new();
        let mut heard = false;
        while seen.len() < count || !heard {
            let tag = viewer.next().unwrap();
            match enhanced::unit(&tag) {
                Some(unit) if tag.kind == TagKind::Video => seen.push((tag.timestamp, unit.data)),
                Some(_) => heard = true,
                None => {}
            }
        }
        seen
    });
    let seen = seen.await.unwrap();
    let sent: Vec<_> = pictures(&clip)
        .into_iter()
        .map(|tag| (tag.timestamp, picture(tag)))
        .collect();
    for (index, ((at, data), (sent_at, sent))) in seen.iter().zip(&sent).enumerate() {
        assert!(data == sent, "picture {index}");
        let since = i64::from(at - seen[0].0) - i64::from(sent_at - pictures(&clip)[0].timestamp);
        assert!(since.abs() <= 1, "picture {index} is {since} ms off");
    }
    let stats = server.stats();
    assert_eq!((stats.refused_tags, stats.timestamp_jumps), (0, 0), "{stats:?}");
    // About once a second.
    let from = Instant::now();
    while server.stats().publisher.unwrap().webrtc.is_none() {
        assert!(from.elapsed() < PATIENCE, "the connection says nothing of itself");
        tokio::task::yield_now().await;
    }
    drive.abort();
    let key = server.key.clone();
    assert!(!server.stop().2.contains(&key), "no key in the log");
}

/// Asserts that `seen` are pictures of `clip`, which goes round, in their order and none twice; the first is a key frame, and
/// so is what follows where some are missing, as a machine that stands still may lose them.
fn judge(seen: &[&Media], clip: &[&Tag]) {
    let mut next = None;
    for media in seen {
        let data = received(media);
        let place = clip.iter().position(|tag| picture(tag) == data).unwrap();
        assert!(
            is_key(clip[place]) || next == Some(place),
            "picture {place} after {next:?}"
        );
        next = Some((place + 1) % clip.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_by_whep_joins_at_once_and_hears_what_was_aac() {
    let server = TestServer::start_with(LISTEN, "info");
    let clip = PLAIN.tags(2);
    let all = pictures(&clip);
    let key = all.iter().rposition(|tag| is_key(tag)).unwrap();
    let mut publisher = server.publish();
    publisher.send_all(&clip);
    // The first viewer makes it be got ready, up to the last picture.
    let mut before = Caller::connect(&server, "/whep/show", None, Role::Receive)
        .await
        .unwrap();
    let last = picture(all[all.len() - 1]);
    before
        .until(|seen| seen.iter().any(|media| received(media) == last))
        .await;

    let mut viewer = Caller::connect(&server, "/whep/show", None, Role::Receive)
        .await
        .unwrap();
    let joined = viewer
        .until(|seen| of(TrackKind::Video, seen).len() >= all.len() - key)
        .await;
    let joined = of(TrackKind::Video, &joined);
    assert!(received(joined[0]) == picture(all[key]));
    judge(&joined, &all);
    let squeezed = joined[joined.len() - 1].ticks - joined[0].ticks;
    assert!(squeezed <= joined.len() as u64 * 90, "shown at once: {squeezed}");

    let _live = Live::start(publisher, clip.clone(), 2_033);
    let enough =
        |seen: &[Media]| of(TrackKind::Video, seen).len() >= 20 && of(TrackKind::Audio, seen).len() >= 40;
    let seen = viewer.until(enough).await;
    judge(&of(TrackKind::Video, &seen), &all);
    let sound = of(TrackKind::Audio, &seen);
    let steps = sound.windows(2).map(|pair| pair[1].ticks - pair[0].ticks);
    let whole = steps.clone().filter(|step| *step == 960).count();
    assert!(
        whole * 10 >= sound.len() * 8,
        "20 ms each: {:?}",
        steps.collect::<Vec<_>>()
    );
    assert_eq!(server.stats().webrtc.now, 2);
    viewer.client.leave().await;
    while !matches!(viewer.next().await, Event::Ended) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn b_frames_become_pictures_in_the_order_in_which_they_are_shown() {
    let server = TestServer::start_with(LISTEN, "info");
    let _live = Live::start(server.publish(), WITH_B_FRAMES.tags(3), 0);
    drop(Viewer::new(server.get("/live/show.flv")).next());
    let mut viewer = Caller::connect(&server, "/whep/show", None, Role::Receive)
        .await
        .unwrap();
    let seen = viewer.until(|seen| of(TrackKind::Video, seen).len() >= 25).await;
    let shown = of(TrackKind::Video, &seen);
    assert!(shown[0].key && shown.windows(2).all(|pair| pair[0].ticks < pair[1].ticks));
    let error = server.stats().last_error;
    assert!(error.is_none(), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_of_opus_after_one_of_aac_is_handed_on_as_it_is() {
    let mut server = TestServer::start_with(LISTEN, "info");
    let live = Live::start(server.publish(), PLAIN.tags(2), 0);
    drop(Viewer::new(server.get("/live/show.flv")).next());
    let mut viewer = Caller::connect(&server, "/whep/show", None, Role::Receive)
        .await
        .unwrap();
    viewer.until(|seen| of(TrackKind::Audio, seen).len() >= 10).await;
    drop(live);
    server.wait_log("publisher left");
    let mut publisher = Caller::connect(&server, "/whip", Some(&server.key), Role::Send)
        .await
        .unwrap();
    // Not what a worker would make of anything.
    let opus = bytes::Bytes::from_static(&[0xfc, 0xff, 0xfe]);
    let heard = async {
        viewer
            .until(|seen| seen.iter().any(|media| media.data[..] == opus[..]))
            .await;
    };
    let clip = PLAIN.tags(1);
    let (video, clip) = (parameters(&clip), pictures(&clip));
    let mut every = tokio::time::interval(Duration::from_millis(33));
    let mut count = 0;
    let publish = async {
        loop {
            tokio::select! {
                _ = publisher.session.next() => {}
                _ = every.tick() => {
                    let tag = clip[count % clip.len()];
                    let at = Timestamp::from_millis(count as i64 * 33);
                    count += 1;
                    let shown = Packet::at(TrackKind::Video, at, is_key(tag), picture(tag));
                    publisher.session.send(&Unit::picture(&shown, &video, Instant::now()), at);
                    let sound = Packet::at(TrackKind::Audio, at, true, opus.clone());
                    publisher.session.send(&Unit::sound(&sound, Instant::now()), at);
                }
            }
        }
    };
    tokio::select! { () = heard => {}, () = publish => {} }
    let error = server.stats().last_error;
    assert!(
        !error
            .as_ref()
            .is_some_and(|error| error.message.contains("transcoded")),
        "{error:?}"
    );
}

/// What the server answers to a request with these headers.
fn status(server: &TestServer, method: &str, path: &str, headers: &str, body: &str) -> u16 {
    let mut stream = http::connect(server.http);
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: t\r\n{headers}Content-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    // A server that refuses by the head alone doesn't wait for the rest.
    let _ = stream.write_all(body.as_bytes());
    let mut first = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stream), &mut first).unwrap();
    first.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_with_a_status_that_says_why() {
    let server = TestServer::start_with(LISTEN, "info");
    let sdp = "Content-Type: application/sdp\r\n";
    let key = format!("{sdp}Authorization: Bearer {}\r\n", server.key);
    let ask = |method, path, headers: &str, body: &str| status(&server, method, path, headers, body);
    assert_eq!(ask("POST", "/whip", sdp, "v=0"), 401, "no key");
    assert_eq!(
        ask(
            "POST",
            "/whip",
            &format!("{sdp}Authorization: Bearer wrong\r\n"),
            "v=0"
        ),
        401
    );
    assert_eq!(
        ask(
            "POST",
            "/whip",
            &key.replace("application/sdp", "text/plain"),
            "v=0"
        ),
        415
    );
    assert_eq!(ask("POST", "/whip", &key, "v=0"), 400, "no offer");
    assert_eq!(ask("POST", "/whip", &key, &"a".repeat(70_000)), 413);
    assert_eq!(ask("GET", "/whip", "", ""), 405);
    assert_eq!(ask("OPTIONS", "/whep/show", "", ""), 204);
    assert_eq!(ask("POST", "/whep/other", sdp, "v=0"), 404);
    for method in ["PATCH", "DELETE", "GET"] {
        assert_eq!(ask(method, "/whep/show/0123", "", ""), 404, "{method}");
    }
    let publisher = server.publish();
    assert_eq!(ask("POST", "/whep/show", sdp, "v=0"), 400);
    let wrong = Caller::connect(&server, "/whep/show", None, Role::Send)
        .await
        .err()
        .unwrap();
    assert!(matches!(wrong, Error::Refused { status: 406, .. }), "{wrong}");
    drop(publisher);

    let without = TestServer::start();
    assert_eq!(status(&without, "POST", "/whep/show", sdp, "v=0"), 503);
    assert!(without.text("/live/show/status").contains("\"rtc\":false"));
    assert!(server.text("/live/show/status").contains("\"rtc\":true"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewers_lost_picture_makes_a_publisher_by_whip_send_a_key_frame() {
    let server = TestServer::start_with(LISTEN, "info");
    let clip = PLAIN.tags(1);
    let video = parameters(&clip);
    let mut publisher = Caller::connect(&server, "/whip", Some(&server.key), Role::Send)
        .await
        .unwrap();
    let mut sent = 0;
    let mut send = |session: &mut Session| {
        for tag in pictures(&clip) {
            let at = Timestamp::from_millis(i64::from(tag.timestamp) + sent);
            let (key, data) = (is_key(tag), picture(tag));
            let packet = Packet::at(TrackKind::Video, at, key, data);
            session.send(&Unit::picture(&packet, &video, Instant::now()), at);
        }
        sent += 1_000;
    };
    send(&mut publisher.session);
    let path = format!("http://{}/whep/show", server.http);
    let (asked, mut told) = tokio::sync::mpsc::channel(1);
    let viewer = async {
        // The publisher has to be known first.
        while server.stats().video.is_none_or(|video| video.frames <= 20) {
            tokio::task::yield_now().await;
        }
        let mut client = Client::new(&path, None).unwrap();
        let port = Endpoint::call(client.resolve().await.unwrap()).unwrap();
        let (mut session, offer) = port.offer(Role::Receive).unwrap();
        session.accept(&client.offer(offer).await.unwrap()).unwrap();
        loop {
            if let Event::Media(_) = session.next().await {
                session.request_key_frame();
                if told.try_recv().is_ok() {
                    return;
                }
            }
        }
    };
    let publish = async {
        let mut again = tokio::time::interval(Duration::from_millis(200));
        loop {
            tokio::select! {
                event = publisher.session.next() => if matches!(event, Event::KeyFrameWanted) {
                    asked.send(()).await.unwrap();
                    return std::future::pending::<()>().await;
                },
                // Media that asks for it have to come.
                _ = again.tick() => send(&mut publisher.session),
            }
        }
    };
    tokio::time::timeout(PATIENCE, async {
        tokio::select! { () = viewer => {}, () = publish => {} }
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_by_whip_that_takes_its_leave_is_done() {
    let config = format!("[stream]\nend_after_farewell_ms = 0\n{LISTEN}");
    let mut server = TestServer::start_with(&config, "info");
    let clip = PLAIN.tags(1);
    let video = parameters(&clip);
    let publisher = Caller::connect(&server, "/whip", Some(&server.key), Role::Send).await;
    let Caller {
        _port,
        mut client,
        mut session,
    } = publisher.unwrap();
    for tag in pictures(&clip) {
        let at = Timestamp::from_millis(i64::from(tag.timestamp));
        let packet = Packet::at(TrackKind::Video, at, is_key(tag), picture(tag));
        session.send(&Unit::picture(&packet, &video, Instant::now()), at);
    }
    let drive = tokio::spawn(async move { while !matches!(session.next().await, Event::Ended) {} });
    while server.stats().video.is_none_or(|video| video.frames < 10) {
        tokio::task::yield_now().await;
    }
    client.leave().await;
    drive.await.unwrap();
    server.wait_log("a publisher by WebRTC left");
    let from = Instant::now();
    while !server.text("/live/show/status").contains("\"state\":\"ended\"") {
        assert!(from.elapsed() < PATIENCE, "it counts as lost");
        tokio::task::yield_now().await;
    }
}
