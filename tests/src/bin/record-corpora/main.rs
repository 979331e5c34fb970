//! `cargo xtask fuzz --record`: records the corpora of `cargo xtask fuzz` anew, in `tests/corpora`.
//!
//! Real programs do what they do, through a [`tap::Tap`] that keeps the bytes: ffmpeg, OBS Studio, Chromium, curl,
//! nginx, MediaMTX, and our own server and clients. What isn't installed is not recorded, which it says.

mod corpus;
mod files;
mod requests;
mod sessions;
mod tap;
mod webrtc;

use std::error::Error;

use corpus::Corpus;
use system_tests::server::Server;

/// The stream's name, and the key to publish with.
const NAME: &str = "spring";
const KEY: &str = "made-up-key";
/// The server's file of keys, with the SHA-256 of [`KEY`].
const KEYS: &str = "[[key]]\nname = \"spring\"\ncreated = \"2026-01-01T00:00:00Z\"\n\
    sha256 = \"1f0991ebdd753c9eafe74bc140e4e9f0be27ef196f1b36f4aec4e15944c1dcbf\"\n";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The programs to be recorded are named as for benchmarks. `--only webrtc` leaves the other recordings as they are.
    let options = system_tests::binary::options()?;
    let corpus = Corpus::default();
    if options
        .iter()
        .any(|(name, value)| name == "--only" && value == "webrtc")
    {
        return webrtc::record(&corpus).await;
    }
    files::record(&corpus)?;
    sessions::publishers(&corpus).await?;
    sessions::player(&corpus).await?;
    sessions::clients(&corpus).await?;
    requests::record(&corpus).await?;
    webrtc::record(&corpus).await?;
    Ok(())
}

/// A server to which [`KEY`] is known.
async fn server() -> std::io::Result<Server> {
    Server::start_with("", &[("keys.toml", KEYS)]).await
}
