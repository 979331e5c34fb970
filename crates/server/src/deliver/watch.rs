//! The viewer's page and what belongs to it, embedded in the program.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use include_dir::{Dir, include_dir};
use serde::Deserialize;

use super::coding::takes;
use super::{ANY_ORIGIN, NO_SNIFF, Refusal, not_found};
use crate::config::Origin;
use crate::{App, Name};

static DIST: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../ui/dist");

/// What the page may do: run and ask this server, play what it made itself, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'self'";
/// Names of assets hold a hash of their content: they never change.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// Codings that scripts and styles lie ready in, and what their files' names end with: the smallest first.
const PACKED: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// What a link may ask for.
#[derive(Debug, Deserialize)]
pub(crate) struct Wish {
    via: Option<String>,
}

/// `GET /watch/NAME`: the same page for every name; the page asks whether the show is on.
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Query(wish): Query<Wish>,
) -> Result<Response, Refusal> {
    let name = Name::new(&name)?;
    let page = DIST.get_file("watch.html").ok_or_else(|| not_found("page"))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CONTENT_SECURITY_POLICY, policy(&app.config.page.frames)),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        NO_SNIFF,
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    let mut answer = (headers, page.contents()).into_response();
    let beginning = || app.hub.get(&name).map(|stream| stream.beginning());
    let needed = needed(&name, wish.via.as_deref(), beginning);
    if let Ok(links) = HeaderValue::from_str(&needed.join(", ")) {
        answer.headers_mut().insert(header::LINK, links);
    }
    Ok(answer)
}

/// Pages of `frames` may show it, too.
fn policy(frames: &[Origin]) -> HeaderValue {
    let frames = frames.iter().map(|site| format!(" {site}"));
    let policy = POLICY.to_owned() + &frames.collect::<String>();
    // Sites are written in letters that headers may hold.
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static(POLICY))
}

/// What the page will ask for once its script runs (RFC 8288; HTML, link type "preload"): the browser fetches it beside the
/// script, which saves as many round trips as there are steps. `beginning` is what a player by HLS begins with.
fn needed(name: &Name, via: Option<&str>, beginning: impl Fn() -> Option<Vec<String>>) -> Vec<String> {
    let fetched = |path: &str| format!("</live/{name}/{path}>; rel=preload; as=fetch; crossorigin");
    let mut links = vec![fetched("status")];
    let player = match via {
        Some("whep") => None,
        Some("ll-hls") => Some("hls-"),
        _ => Some("mpegts-"),
    };
    links.extend(
        player
            .and_then(script)
            .map(|path| format!("</{path}>; rel=modulepreload; crossorigin")),
    );
    if via == Some("ll-hls") {
        links.extend(beginning().unwrap_or_default().iter().map(|path| fetched(path)));
    }
    links
}

/// The script whose name begins with `stem`, below the root.
fn script(stem: &str) -> Option<&'static str> {
    let mut files = DIST
        .get_dir("assets")?
        .files()
        .filter_map(|file| file.path().to_str());
    files.find(|path| path["assets/".len()..].starts_with(stem) && path.ends_with(".js"))
}

/// `GET /assets/*`: scripts and styles of the page.
pub(crate) async fn asset(Path(path): Path<String>, asked: HeaderMap) -> Result<Response, Refusal> {
    let file = |end: &str| DIST.get_file(format!("assets/{path}{end}"));
    let packed = PACKED
        .into_iter()
        .filter(|(coding, _)| takes(&asked, coding))
        .find_map(|(coding, end)| Some((coding, file(end)?)));
    let plain = file("").ok_or_else(|| not_found("such file"))?;
    let headers: [(HeaderName, HeaderValue); 5] = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(content_type(&path)),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static(FOREVER)),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
        ANY_ORIGIN,
        NO_SNIFF,
    ];
    let Some((coding, packed)) = packed else {
        return Ok((headers, plain.contents()).into_response());
    };
    let coding = (header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    Ok((headers, [coding], packed.contents()).into_response())
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or("") {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_embedded() {
        assert!(DIST.get_file("watch.html").is_some());
    }

    #[test]
    fn what_a_page_needs_is_there() {
        let name = Name::new("show").unwrap();
        let beginning = || Some(vec!["index.m3u8".to_owned()]);
        let links = |via| needed(&name, via, beginning).join(", ");
        assert!(
            links(None)
                .starts_with("</live/show/status>; rel=preload; as=fetch; crossorigin, </assets/mpegts-")
        );
        assert_eq!(links(Some("flv")), links(None));
        assert!(links(Some("ll-hls")).contains("</assets/hls-"));
        assert!(
            links(Some("ll-hls")).ends_with("</live/show/index.m3u8>; rel=preload; as=fetch; crossorigin")
        );
        assert_eq!(
            links(Some("whep")),
            "</live/show/status>; rel=preload; as=fetch; crossorigin"
        );
        for stem in ["mpegts-", "hls-", "watch-"] {
            let path = script(stem).unwrap();
            for (_, end) in PACKED {
                assert!(DIST.get_file(format!("{path}{end}")).is_some(), "{path}{end}");
            }
        }
    }
}
