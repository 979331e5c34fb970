//! A publisher's tags within the server: configurations, times, the packager, and what viewers then get.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use container::flv;
use futures_util::FutureExt as _;
use server::stream::{Form, Reader};
use server::{App, Name, router};
use tower::ServiceExt as _;

use super::flv::{join, split};
use super::live::{NAME, app, arrival, publisher};
use crate::pieces::pieces;
use crate::target::{Parser, Seen, Target};

pub(super) const TARGET: Target = Target {
    name: "ingest",
    corpus: "flv",
    marker: "the server knows the stream's picture or sound",
    // As `flv`, and what the stream keeps of it: ring, parts, playlists.
    memory: 16 << 20,
    split,
    join,
    // The header, metadata and two configurations.
    opening: |_| 4,
    words: &["avc1", "hvc1", "av01", "vp09", "mp4a", "Opus", "onMetaData"],
    parser,
};

fn parser() -> Box<dyn Parser> {
    let app = app();
    let router = router::public(Arc::clone(&app));
    let runtime = super::http::runtime();
    Box::new(move |input: &[u8]| {
        let now = Instant::now();
        let seen = publish(&app, input, now, || runtime.block_on(view(router.clone())));
        // The show is over, and then no more kept for those who would see that.
        for later in [1 << 20, 2 << 20] {
            app.hub
                .expire(now + Duration::from_secs(later), media::Utc(i64::MAX));
        }
        seen
    })
}

fn publish(app: &App, input: &[u8], now: Instant, view: impl Fn()) -> Seen {
    let publisher = publisher(app, now);
    let Some(stream) = Name::new(NAME).ok().and_then(|name| app.hub.get(&name)) else {
        return Seen::default();
    };
    let forms = [Form::Flv, Form::Rtmp, Form::Tags];
    let mut readers = forms.map(|form| Reader::new(Arc::clone(&stream), form));
    let mut file = flv::Reader::new();
    for piece in pieces(input) {
        file.push(piece);
        while let Ok(Some(tag)) = file.next_tag() {
            publisher.take(&tag, arrival(now, &tag));
        }
        for reader in &mut readers {
            while let Some(Some(_)) = reader.next().now_or_never() {}
        }
    }
    view();
    let stats = stream.stats(now);
    drop(publisher);
    view();
    Seen {
        past: stats.video.is_some() || stats.audio.is_some(),
        refused: stats.refused_tags > 0,
    }
}

/// Asks for what players of HLS ask for.
async fn view(router: Router) {
    for file in [
        "index.m3u8",
        "video.m3u8",
        "audio.m3u8",
        "video/init-1.mp4",
        "video/1.m4s",
    ] {
        let request = Request::get(format!("/live/{NAME}/{file}")).body(Body::empty());
        if let Ok(request) = request {
            let _ = router.clone().oneshot(request).await;
        }
    }
}
