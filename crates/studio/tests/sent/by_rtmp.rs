//! By RTMP.

use container::flv::{TagKind, video};
use rtmp::Limits;
use rtmp::io::Connection;
use rtmp::server::Event;
use tokio::net::TcpListener;

use super::{live, report_of, within};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_gets_a_key_frame_when_it_asks_at_most_once_a_second() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("rtmp://{}/live", listener.local_addr().unwrap());
    let session = live(&url, "").await;
    let (stream, _) = within(listener.accept()).await.unwrap();
    let mut server = Connection::new(stream, Limits::default()).unwrap();
    let mut keys = Vec::new();
    while keys.len() < 5 {
        match within(server.event()).await.unwrap() {
            Event::Publish { key_frames, .. } => {
                assert!(key_frames);
                server.accept();
            }
            Event::Tag(tag) if tag.kind == TagKind::Video => {
                assert!(server.request_key_frame());
                keys.extend(video::is_key_frame(&tag.data).then_some(tag.timestamp));
            }
            _ => {}
        }
    }
    // By themselves they are two seconds apart; where a show begins, its first two may be close.
    let apart: Vec<_> = keys.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let (soonest, asked) = (apart[1..].iter().min(), apart[1..].iter().any(|ms| *ms < 1_999));
    assert!(asked && soonest >= Some(&999), "{apart:?}");
    let (report, ()) = tokio::join!(session.finish(), async {
        while !matches!(
            within(server.event()).await,
            Ok(Event::Unpublish | Event::Closed) | Err(_)
        ) {}
    });
    assert!(report_of(&report.unwrap()).key_frames_asked >= 3);
}
