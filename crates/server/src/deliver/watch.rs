//! The viewer's page and what belongs to it, embedded in the program.

use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use include_dir::{Dir, include_dir};

use super::{ANY_ORIGIN, NO_SNIFF, Refusal, not_found};
use crate::Name;

static DIST: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../ui/dist");

/// What the page may do: run and ask this server, play what it made itself, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'self'";
/// Names of assets hold a hash of their content: they never change.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// `GET /watch/NAME`: the same page for every name; the page asks whether the show is on.
pub(crate) async fn page(Path(name): Path<String>) -> Result<Response, Refusal> {
    Name::new(&name)?;
    let page = DIST.get_file("watch.html").ok_or_else(|| not_found("page"))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        NO_SNIFF,
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    Ok((headers, page.contents()).into_response())
}

/// `GET /assets/*`: scripts and styles of the page.
pub(crate) async fn asset(Path(path): Path<String>) -> Result<Response, Refusal> {
    let file = DIST
        .get_file(format!("assets/{path}"))
        .ok_or_else(|| not_found("such file"))?;
    let headers: [(HeaderName, HeaderValue); 4] = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(content_type(&path)),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static(FOREVER)),
        ANY_ORIGIN,
        NO_SNIFF,
    ];
    Ok((headers, file.contents()).into_response())
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
}
