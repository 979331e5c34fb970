//! A publisher that makes key frames when asked is asked for one.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use rtmp::client::Event;
use server::config::{self, Overrides};
use server::{Name, Server};
use tokio::runtime::Runtime;

use crate::support::add_key;
use crate::support::publisher::Sender;

#[test]
fn a_publisher_hears_once_what_many_viewers_want() {
    let dir = tempfile::tempdir().unwrap();
    let key = add_key(dir.path(), "show");
    let any = Some((Ipv4Addr::LOCALHOST, 0).into());
    let overrides = Overrides {
        data: Some(dir.path().to_owned()),
        http: any,
        rtmp: any,
        admin: any,
        ..Overrides::default()
    };
    let config = config::parse_and_merge("", &overrides).unwrap();
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(Server::load(config)).unwrap();
    let (app, address) = (server.app(), server.bound().unwrap().rtmp);
    runtime.spawn(server.run(std::future::pending()));
    let mut sender = Sender::connect(address, &key).unwrap();
    let stream = app.hub.get(&Name::new("show").unwrap()).unwrap();

    let now = Instant::now();
    for ms in 0..1000 {
        stream.ask_for_key_frame(now + Duration::from_millis(ms));
    }
    stream.ask_to_reconnect(None).unwrap();
    assert_eq!(sender.next_event(), Event::KeyFrameWanted);
    assert!(matches!(sender.next_event(), Event::Reconnect(_)));

    stream.ask_for_key_frame(now + Duration::from_secs(1));
    assert_eq!(sender.next_event(), Event::KeyFrameWanted);
}
