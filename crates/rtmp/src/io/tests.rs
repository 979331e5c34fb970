use std::future::Future;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use container::flv::{Tag, TagKind};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::server::Event;
use crate::tests::{CLOCK, tag};
use crate::{Error, Limits, Target};

const TIMEOUT: Duration = Duration::from_secs(20);

async fn listener() -> (TcpListener, Target) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("rtmp://{}/live", listener.local_addr().unwrap());
    (listener, Target::new(&url, "k-1").unwrap())
}

async fn accept(listener: &TcpListener) -> Connection {
    let (stream, _) = listener.accept().await.unwrap();
    Connection::new(stream, Limits::default()).unwrap()
}

/// Both ends of a granted publish.
async fn publishing() -> (Publisher, Connection) {
    let (listener, target) = listener().await;
    let connect = Publisher::connect(target, TIMEOUT);
    let mut connect = Box::pin(connect);
    let grant = async {
        let mut connection = accept(&listener).await;
        assert!(matches!(connection.event().await, Ok(Event::Publish { .. })));
        connection.accept();
        connection
    };
    let mut connection = tokio::select! {
        connection = grant => connection,
        _ = &mut connect => panic!("it was not granted yet"),
    };
    let publisher = tokio::select! {
        publisher = connect => publisher.unwrap(),
        event = connection.event() => panic!("{event:?}"),
    };
    (publisher, connection)
}

fn poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    let mut context = Context::from_waker(Waker::noop());
    match std::pin::Pin::new(future).poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

fn frame(timestamp: u32, len: usize) -> Tag {
    tag(TagKind::Video, timestamp, &vec![0x27; len])
}

#[tokio::test]
async fn a_show_goes_through_and_its_end_is_known() {
    let (mut publisher, mut connection) = publishing().await;
    assert!(publisher.wants_clock());
    let sent = [frame(0, 10), frame(33, 300_000)];
    let receiving = async {
        let mut events = vec![];
        while events.last() != Some(&Event::Closed) {
            events.push(connection.event().await.unwrap());
        }
        events
    };
    let sending = async {
        publisher.push_clock(&CLOCK).unwrap();
        for tag in &sent {
            publisher.send(tag).await.unwrap();
        }
        publisher.close().await.unwrap();
    };
    let (events, ()) = tokio::join!(receiving, sending);
    let [a, b] = sent.map(Event::Tag);
    assert_eq!(
        events,
        [Event::Clock(CLOCK), a, b, Event::Unpublish, Event::Closed]
    );
}

#[tokio::test]
async fn a_lost_connection_is_no_end() {
    let (mut publisher, mut connection) = publishing().await;
    publisher.send(&frame(0, 10)).await.unwrap();
    drop(publisher);
    assert_eq!(connection.event().await.unwrap(), Event::Tag(frame(0, 10)));
    assert_eq!(connection.event().await.unwrap_err().code(), "rtmp.closed");
}

#[tokio::test]
async fn a_rejection_reaches_the_publisher_in_the_servers_words() {
    let (listener, target) = listener().await;
    let server = async {
        let mut connection = accept(&listener).await;
        connection.event().await.unwrap();
        connection
            .reject("NetStream.Publish.BadName", "This key is not known.")
            .await;
        assert_eq!(connection.event().await.unwrap(), Event::Closed);
    };
    let (error, ()) = tokio::join!(Publisher::connect(target, TIMEOUT), server);
    let Err(Error::Rejected { code, description }) = error else {
        panic!("it was rejected");
    };
    assert_eq!(
        (code.as_str(), description.as_str()),
        ("NetStream.Publish.BadName", "This key is not known.")
    );
}

#[tokio::test]
async fn a_show_closed_by_the_server_ends_for_the_publisher() {
    let (mut publisher, mut connection) = publishing().await;
    let (error, ()) = tokio::join!(publisher.closed(), connection.close());
    assert_eq!(error.code(), "rtmp.closed");
}

#[tokio::test]
async fn nobody_listening_is_a_refusal() {
    let (listener, target) = listener().await;
    drop(listener);
    assert_eq!(
        Publisher::connect(target, TIMEOUT).await.unwrap_err().code(),
        "rtmp.refused"
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_nothing_is_a_timeout() {
    let (_listener, target) = listener().await;
    let error = Publisher::connect(target, TIMEOUT).await.unwrap_err();
    assert_eq!(error.code(), "rtmp.timeout");
}

#[tokio::test(start_paused = true)]
async fn a_stranger_that_says_nothing_is_let_go() {
    let (listener, target) = listener().await;
    let _stranger = TcpStream::connect((target.host.as_str(), target.port))
        .await
        .unwrap();
    let mut connection = accept(&listener).await;
    let begun = tokio::time::Instant::now();
    assert_eq!(connection.event().await.unwrap_err().code(), "rtmp.timeout");
    assert_eq!(begun.elapsed().as_secs(), 5);
}

#[tokio::test]
async fn a_stalled_server_is_seen_in_unsent_and_no_byte_is_lost() {
    let (mut publisher, mut connection) = publishing().await;
    assert_eq!(publisher.unsent(), 0);
    let mut sent = 0;
    // Nobody reads at the other end: sooner or later the system takes no more.
    loop {
        let tag = frame(sent, 100_000);
        sent += 1;
        if poll_once(&mut Box::pin(publisher.send(&tag))).is_none() {
            break;
        }
    }
    assert!(publisher.unsent() > 0);
    let receiving = async {
        let mut received = vec![];
        loop {
            match connection.event().await.unwrap() {
                Event::Tag(tag) => received.push(tag.timestamp),
                Event::Unpublish => return received,
                event => panic!("{event:?}"),
            }
        }
    };
    let (received, closed) = tokio::join!(receiving, publisher.close());
    assert!(closed.is_ok());
    assert_eq!(received, (0..sent).collect::<Vec<_>>());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn linux_tells_what_was_acknowledged() {
    let (listener, target) = listener().await;
    let (stream, accepted) = tokio::join!(
        TcpStream::connect((target.host.as_str(), target.port)),
        listener.accept()
    );
    let (mut stream, (mut peer, _)) = (stream.unwrap(), accepted.unwrap());
    let Some(before) = socket::stats(&stream) else {
        println!("skipped: this system has no TCP_INFO");
        return;
    };
    tokio::io::AsyncWriteExt::write_all(&mut stream, &[7; 5000])
        .await
        .unwrap();
    let mut got = [0; 5000];
    peer.read_exact(&mut got).await.unwrap();
    // An answer carries the acknowledgement of all that came before it.
    tokio::io::AsyncWriteExt::write_all(&mut peer, &[1])
        .await
        .unwrap();
    stream.read_exact(&mut got[..1]).await.unwrap();
    let after = socket::stats(&stream).unwrap();
    assert!(after.acknowledged - before.acknowledged >= 5000);
    assert_eq!(after.unsent, 0);
}

#[tokio::test]
async fn a_wish_for_a_key_frame_reaches_the_publisher() {
    let (mut publisher, mut connection) = publishing().await;
    assert!(!publisher.asked_for_key_frame());
    assert!(connection.request_key_frame());
    let sending = async {
        for n in 0.. {
            publisher.send(&frame(n, 10)).await.unwrap();
            if publisher.asked_for_key_frame() {
                break;
            }
            tokio::task::yield_now().await;
        }
        assert!(!publisher.asked_for_key_frame(), "it is said once");
    };
    let receiving = async {
        loop {
            connection.event().await.unwrap();
        }
    };
    tokio::select! {
        () = sending => {}
        () = receiving => {}
    }
}
