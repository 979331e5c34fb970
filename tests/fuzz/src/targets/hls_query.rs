//! The delivery directives of players of HLS: the query of a playlist's address.

use axum::body::Body;
use axum::http::{Request, StatusCode, Uri};
use server::router;
use tower::ServiceExt as _;

use super::live;
use crate::target::{Parser, Seen, Target};

pub(super) const TARGET: Target = Target {
    name: "hls-query",
    corpus: "hls-query",
    marker: "it is an address, and the playlist's handler answered",
    memory: 1 << 20,
    split: |bytes| bytes.split(|&byte| byte == b'&').map(<[u8]>::to_vec).collect(),
    join: |parts| parts.join(&b'&'),
    opening: |_| 0,
    words: &[
        "_HLS_msn=",
        "_HLS_part=",
        "_HLS_skip=YES",
        "_HLS_skip=v2",
        "&",
        "=",
        "%",
        "%00",
        "18446744073709551615",
        "1795000000",
        "1795000001",
    ],
    parser,
};

fn parser() -> Box<dyn Parser> {
    let (app, publisher) = live::show();
    let router = router::public(app);
    let runtime = super::http::runtime();
    Box::new(move |input: &[u8]| {
        // The show goes on while the parser is there.
        let _live = &publisher;
        let address = [format!("/live/{}/video.m3u8?", live::NAME).as_bytes(), input].concat();
        let Ok(request) = Uri::try_from(address).map(Request::get) else {
            return Seen {
                past: false,
                refused: true,
            };
        };
        // An address and nothing else makes a request.
        let Ok(request) = request.body(Body::empty()) else {
            unreachable!()
        };
        let Ok(answer) = runtime.block_on(router.clone().oneshot(request));
        Seen {
            past: answer.status() != StatusCode::NOT_FOUND,
            refused: answer.status() == StatusCode::BAD_REQUEST,
        }
    })
}
