//! Shows as the servers get them to which they are sent.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

mod by_rtmp;
mod by_whip;
mod server;

use std::path::Path;
use std::time::Duration;

use api::studio::{OutputStats, ShowReport};
use studio::session::{self, Config, Session};
use studio::show;

const PATIENCE: Duration = Duration::from_secs(120);
/// What nobody must see but the server.
const KEY: &str = "top-secret-key";

const SHOW: &str = r#"
name = "Small"
canvas = { size = "320x180", rate = 30 }
[[source]]
name = "bars"
type = "pattern"
[[source]]
name = "voice"
type = "tone"
hz = 440
[[scene]]
name = "main"
[[scene.layer]]
source = "bars"
[[output]]
name = "theirs"
"#;

/// A show that is sent to `url`; `more` stands at the top of its file.
async fn live(url: &str, more: &str) -> Session {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    std::fs::write(&key, KEY).unwrap();
    let kind = if url.starts_with("http") { "whip" } else { "rtmp" };
    let text = format!("{more}{SHOW}type = \"{kind}\"\nurl = \"{url}\"\nkey = {{ file = {key:?} }}\n");
    let config = Config {
        show: show::parse(Path::new("show.toml"), &text).unwrap(),
        keep: None,
        past: None,
        live: true,
        strict: true,
        preview: None,
    };
    session::open(config).await.unwrap()
}

async fn within<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.unwrap()
}

fn report_of(report: &ShowReport) -> &OutputStats {
    report
        .outputs
        .iter()
        .find(|output| output.name == "theirs")
        .unwrap()
}
