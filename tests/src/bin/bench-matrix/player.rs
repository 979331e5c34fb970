//! Those who play.

use std::time::Duration;

use system_tests::PATIENCE;
use system_tests::browser::{Browser, Options, Page};

use crate::{Stream, relayed};

/// Who plays, and by what.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Player {
    /// The viewer's page in Chromium, by this way.
    Page(&'static str),
    /// ffmpeg.
    Ffmpeg(&'static str),
    /// MediaMTX takes it by this, ffmpeg plays it from there.
    MediaMtx(&'static str),
}

/// Those that need much of the machine first.
pub(crate) const PLAYERS: &[Player] = &[
    Player::Page("flv"),
    Player::Page("ll-hls"),
    Player::Page("whep"),
    Player::Ffmpeg("RTMP"),
    Player::Ffmpeg("FLV"),
    Player::Ffmpeg("HLS"),
    Player::Ffmpeg("SRT"),
    Player::MediaMtx("RTMP"),
    Player::MediaMtx("WHEP"),
];

impl Player {
    pub(crate) fn name(self) -> String {
        match self {
            Self::Page("flv") => "Chromium, mpegts.js, FLV".into(),
            Self::Page("ll-hls") => "Chromium, hls.js, HLS".into(),
            Self::Page(_) => "Chromium, WHEP".into(),
            Self::Ffmpeg(by) => format!("ffmpeg, {by}"),
            Self::MediaMtx(by) => format!("MediaMTX, {by}"),
        }
    }

    /// Whether it needs much of the machine.
    pub(crate) fn is_heavy(self) -> bool {
        matches!(self, Self::Page(_))
    }

    /// How many pictures it shows in `seconds`; why none, where it shows none.
    pub(crate) async fn play(self, stream: &Stream<'_>, seconds: u32) -> Result<u64, String> {
        let Stream { server, name, .. } = stream;
        match self {
            Self::Page(way) => page(stream, way, seconds).await,
            Self::MediaMtx("WHEP") => {
                let from = format!("whep://{}/whep/{name}", server.http);
                relayed::play(&from, seconds).await
            }
            Self::MediaMtx(_) => relayed::play(&format!("rtmp://{}/live/{name}", server.rtmp), seconds).await,
            Self::Ffmpeg(by) => {
                let url = match (by, server.srt) {
                    ("RTMP", _) => format!("rtmp://{}/live/{name}", server.rtmp),
                    ("FLV", _) => server.url(&format!("/live/{name}.flv")),
                    ("HLS", _) => server.url(&format!("/live/{name}/index.m3u8")),
                    (_, Some(srt)) => format!("srt://{srt}?streamid={name}&latency=1000000"),
                    (_, None) => return Err("no SRT".into()),
                };
                relayed::count(&url, seconds).await
            }
        }
    }
}

/// Says what the page says of its players.
const LISTEN: &str = "window.why = [];
    console.info = (...words) => why.push(words.join(' '));";
/// Pictures drawn so far, and by what.
const SHOWN: &str = "const { totalVideoFrames, droppedVideoFrames } = document.querySelector('video').getVideoPlaybackQuality();
    return [totalVideoFrames - droppedVideoFrames, anchorStats().protocol, why.at(-1) ?? ''];";

async fn page(stream: &Stream<'_>, way: &str, seconds: u32) -> Result<u64, String> {
    let browser = Browser::start(&Options::default())
        .await
        .map_err(|e| e.to_string())?;
    let page = &browser.page;
    let url = stream.server.url(&format!("/watch/{}?via={way}", stream.name));
    let told = |e: system_tests::browser::Error| e.to_string();
    browser.before_load(LISTEN).await.map_err(told)?;
    page.goto(&url).await.map_err(told)?;
    let begun = "['playing', 'unsupported'].includes(window.anchorStats?.().phase) || window.why?.length > 2";
    page.wait_for(begun, PATIENCE / 2).await.map_err(told)?;
    let (before, _, _) = shown(page).await?;
    tokio::time::sleep(Duration::from_secs(seconds.into())).await;
    let (after, protocol, why) = shown(page).await?;
    match after.saturating_sub(before) {
        pictures if pictures > 0 && protocol == way => Ok(pictures),
        0 => Err(why),
        _ => Err(format!("it goes on by {protocol}: {why}")),
    }
}

async fn shown(page: &Page) -> Result<(u64, String, String), String> {
    let said = page.eval(SHOWN).await.map_err(|e| e.to_string())?;
    let word = |at: usize| said[at].as_str().unwrap_or_default().to_owned();
    Ok((said[0].as_u64().unwrap_or(0), word(1), word(2)))
}
