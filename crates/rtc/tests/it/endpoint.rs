//! Real ports on loopback.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use media::TrackKind;
use rtc::net::{Endpoint, Limits, Session};
use rtc::{Event, Role};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use super::pair::picture;

const LIMITS: Limits = Limits { connections: 8 };

fn loopback(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

fn serve(admit: impl Fn(IpAddr) -> Option<Box<dyn Send>> + Send + Sync + 'static) -> Endpoint {
    Endpoint::serve(
        loopback(0),
        &[Ipv4Addr::LOCALHOST.into()],
        LIMITS,
        Box::new(admit),
    )
    .unwrap()
}

/// A server and a client connected to it, each with its port, whose reading ends with it.
async fn connected(role: Role) -> ([Endpoint; 2], Session, Session) {
    let server = serve(|_| Some(Box::new(())));
    let caller = Endpoint::call(server.local_addr().unwrap()).unwrap();
    let (mut client, offer) = caller.offer(role).unwrap();
    let other = match role {
        Role::Send => Role::Receive,
        Role::Receive => Role::Send,
    };
    let (mut session, answer) = server.answer(&offer, other).unwrap();
    client.accept(&answer).unwrap();
    let (mut waits, mut is) = (false, false);
    while !(waits && is) {
        tokio::select! {
            event = client.next() => waits |= matches!(event, Event::Connected),
            event = session.next() => is |= matches!(event, Event::Connected),
        }
    }
    ([server, caller], session, client)
}

#[tokio::test]
async fn a_picture_of_many_packets_passes_through_the_port() {
    let ([server, _caller], mut session, mut client) = connected(Role::Send).await;
    assert_eq!(server.connections(), 1);
    let unit = picture(Duration::ZERO, true, 100_000, Instant::now());
    client.send(&unit, unit.pts);
    let data = loop {
        tokio::select! {
            event = session.next() => if let Event::Media(media) = event { break media },
            _ = client.next() => {}
        }
    };
    assert!(data.kind == TrackKind::Video && data.key);
    assert_eq!(data.data.len(), 100_000 + 4);
    drop(session);
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_handle_ends_a_session_and_the_other_side_hears_it() {
    let (_ports, mut session, mut client) = connected(Role::Receive).await;
    assert!(session.handle().close());
    loop {
        tokio::select! {
            _ = session.next() => {}
            event = client.next() => if matches!(event, Event::Ended) { break },
        }
    }
}

#[tokio::test]
async fn offers_that_cannot_be_are_refused() {
    let server = serve(|_| Some(Box::new(())));
    for wrong in ["", "v=0", "hello", &"a".repeat(70_000)] {
        let refused = server.answer(wrong, Role::Send).unwrap_err();
        let expected = matches!(refused, rtc::Error::Unreadable(_) | rtc::Error::Description(_));
        assert!(expected, "{refused}");
    }
    // One that the library asserts away.
    let found = include_str!("../../../../tests/corpora/sdp/regressions/one-payload-type-for-two-media");
    let refused = server.answer(found, Role::Send).unwrap_err();
    assert!(matches!(refused, rtc::Error::Description(_)), "{refused}");
    let caller = Endpoint::call(server.local_addr().unwrap()).unwrap();
    let (_session, offer) = caller.offer(Role::Send).unwrap();
    let refused = server.answer(&offer, Role::Send).unwrap_err();
    assert!(
        matches!(refused, rtc::Error::NothingInCommon),
        "both want to send: {refused}"
    );
    let other = offer.replace("H264", "H263").replace("opus", "opal");
    let refused = server.answer(&other, Role::Receive).unwrap_err();
    assert!(matches!(refused, rtc::Error::NothingInCommon), "{refused}");
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_sender_knows_what_the_other_side_takes() {
    let server = serve(|_| Some(Box::new(())));
    let caller = Endpoint::call(server.local_addr().unwrap()).unwrap();
    for (pictures, codec) in [(true, "H264"), (false, "H263")] {
        let (mut client, offer) = caller.offer(Role::Send).unwrap();
        assert!(!client.takes(TrackKind::Audio), "nothing is agreed upon yet");
        let (_session, answer) = server
            .answer(&offer.replace("H264", codec), Role::Receive)
            .unwrap();
        client.accept(&answer).unwrap();
        assert_eq!(client.takes(TrackKind::Video), pictures);
        assert!(client.takes(TrackKind::Audio));
    }
}

/// Reads to the end of the connection, where the server closes it.
async fn closed(mut stream: TcpStream) {
    let read = stream.read_to_end(&mut Vec::new()).await;
    assert!(read.is_err() || read.unwrap() == 0);
}

#[tokio::test]
async fn a_stranger_by_tcp_who_is_not_let_in_or_known_is_closed() {
    let places = Arc::new(Semaphore::new(1));
    let left = Arc::clone(&places);
    let server = serve(move |from| {
        assert!(from.is_loopback());
        let place = Arc::clone(&places).try_acquire_owned().ok()?;
        Some(Box::new(place))
    });
    let address = server.local_addr().unwrap();
    let mut first = TcpStream::connect(address).await.unwrap();
    // Half a packet, of which the rest comes late.
    first.write_all(&[0, 20, 0, 1]).await.unwrap();
    while left.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    closed(TcpStream::connect(address).await.unwrap()).await;
    first.write_all(&[7; 18]).await.unwrap();
    closed(first).await;
    while left.available_permits() == 0 {
        tokio::task::yield_now().await;
    }
}
