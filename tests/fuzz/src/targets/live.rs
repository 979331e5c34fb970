//! A server in memory, with a live stream.

use std::sync::Arc;
use std::time::{Duration, Instant};

use container::flv::{Reader, Tag};
use media::Utc;
use server::stream::{Arrival, Publisher, Who};
use server::{App, Config, Name};

/// Name of the stream.
pub(super) const NAME: &str = "spring";
/// What is published, as ffmpeg writes it.
const SHOW: &[u8] = include_bytes!("../../../corpora/flv/ffmpeg-h264-aac.flv");

/// A server without listeners or files.
pub(super) fn app() -> Arc<App> {
    let config = Config {
        data: "/nonexistent".into(),
        ..Config::default()
    };
    match App::new(config) {
        Ok(app) => Arc::new(app),
        // Without keys and a certificate there is nothing that it could fail to read.
        Err(fault) => unreachable!("{fault}"),
    }
}

/// The place of a publisher at the stream.
pub(super) fn publisher(app: &App, now: Instant) -> Publisher {
    let who = Who {
        agent: "fuzz".into(),
        address: "127.0.0.1:1".into(),
        reconnects: false,
        key_frames: false,
        since: now,
    };
    let claimed = Name::new(NAME).and_then(|name| app.hub.claim(&name, who, now));
    match claimed {
        Ok(publisher) => publisher,
        // The name is one, and nobody else publishes.
        Err(fault) => unreachable!("{fault}"),
    }
}

/// A server to which the recorded show is published; the publisher is still there.
pub(super) fn show() -> (Arc<App>, Publisher) {
    let (app, now) = (app(), Instant::now());
    let publisher = publisher(&app, now);
    let mut reader = Reader::new();
    reader.push(SHOW);
    while let Ok(Some(tag)) = reader.next_tag() {
        publisher.take(&tag, arrival(now, &tag));
    }
    (app, publisher)
}

/// The moment at which `tag` comes, of a stream that began at `now`: by its own timestamp, in an hour at most.
pub(super) fn arrival(now: Instant, tag: &Tag) -> Arrival {
    let ms = tag.timestamp.min(3_600_000);
    Arrival {
        now: now + Duration::from_millis(ms.into()),
        utc: Utc(1_795_000_000_000_000 + i64::from(ms) * 1000),
    }
}
