//! Those who publish.

use system_tests::browser::{Browser, Options};
use system_tests::ffmpeg::{self, Codec, Publisher};
use system_tests::obs::Obs;
use system_tests::studio::{BARS_AND_TONE, Show, Studio};
use system_tests::{peers, whip};

use crate::Stream;

/// How it goes to the server.
#[derive(Clone, Copy)]
pub(crate) enum Protocol {
    Rtmp,
    Srt,
    Whip,
}

/// Who publishes, and what.
#[derive(Clone, Copy)]
pub(crate) enum Source {
    Studio(Protocol),
    Ffmpeg(Codec, Protocol),
    Obs(Protocol),
    Chromium,
}

pub(crate) const SOURCES: &[Source] = &[
    Source::Studio(Protocol::Rtmp),
    Source::Studio(Protocol::Srt),
    Source::Studio(Protocol::Whip),
    Source::Ffmpeg(Codec::H264, Protocol::Rtmp),
    Source::Ffmpeg(Codec::Hevc, Protocol::Rtmp),
    Source::Ffmpeg(Codec::Av1, Protocol::Rtmp),
    Source::Ffmpeg(Codec::Vp9, Protocol::Rtmp),
    Source::Ffmpeg(Codec::H264, Protocol::Srt),
    Source::Ffmpeg(Codec::Hevc, Protocol::Srt),
    Source::Obs(Protocol::Rtmp),
    Source::Obs(Protocol::Srt),
    Source::Chromium,
];

/// A publisher that runs until it is dropped.
pub(crate) enum Published {
    Studio(#[expect(dead_code, reason = "held")] Box<Studio>),
    Ffmpeg(#[expect(dead_code, reason = "held")] Publisher),
    Obs(#[expect(dead_code, reason = "held")] Obs),
    Chromium(#[expect(dead_code, reason = "held")] Box<Browser>),
}

impl Protocol {
    fn name(self) -> &'static str {
        match self {
            Self::Rtmp => "RTMP",
            Self::Srt => "SRT",
            Self::Whip => "WHIP",
        }
    }

    /// The server's address by it, with the key.
    fn address(self, stream: &Stream<'_>) -> String {
        match (self, stream.server.srt) {
            (Self::Srt, Some(srt)) => format!("srt://{srt}?streamid={}", stream.key),
            (Self::Whip, _) => stream.server.url("/whip"),
            _ => stream.address.clone(),
        }
    }
}

impl Source {
    pub(crate) fn name(self) -> String {
        let codecs = |codec: Codec| match codec {
            Codec::H264 => "H.264, AAC",
            Codec::Hevc => "H.265, AAC",
            Codec::Av1 => "AV1, Opus",
            Codec::Vp9 => "VP9, Opus",
        };
        match self {
            Self::Studio(Protocol::Whip) => "Anchor Studio, H.264, Opus, WHIP".to_owned(),
            Self::Studio(by) => format!("Anchor Studio, H.264, AAC, {}", by.name()),
            Self::Ffmpeg(codec, Protocol::Srt) => format!("ffmpeg 5.1, {}, SRT", codecs(codec)),
            Self::Ffmpeg(codec, by) => format!("ffmpeg 8.1.2, {}, {}", codecs(codec), by.name()),
            Self::Obs(by) => format!("OBS 29.0.2, H.264, AAC, {}", by.name()),
            Self::Chromium => "Chromium, H.264, Opus, WHIP".to_owned(),
        }
    }

    /// Begins to publish as `stream`; why not, where it can't.
    pub(crate) async fn start(self, stream: &Stream<'_>) -> Result<Published, String> {
        match self {
            Self::Studio(by) => studio(by, stream).map(|studio| Published::Studio(Box::new(studio))),
            Self::Ffmpeg(codec, by) => {
                // The newer one is built without SRT.
                let program = match by {
                    Protocol::Srt => "ffmpeg".into(),
                    _ => peers::ffmpeg_or_skip().ok_or("ffmpeg 8.1.2 is not here")?,
                };
                let options = ffmpeg::Options {
                    codec,
                    ..ffmpeg::Options::default()
                };
                let started = Publisher::start(&program, &by.address(stream), options);
                started.map(Published::Ffmpeg).map_err(|e| e.to_string())
            }
            Self::Obs(by) => {
                // What stands behind the last stroke is the key, which SRT has within the address.
                let end = if matches!(by, Protocol::Srt) { "/" } else { "" };
                let address = by.address(stream) + end;
                let started = Obs::start_or_skip(&address).map_err(|e| e.to_string())?;
                started.map(Published::Obs).ok_or("OBS is not here".into())
            }
            Self::Chromium => chromium(stream)
                .await
                .map(|browser| Published::Chromium(Box::new(browser))),
        }
    }
}

fn studio(by: Protocol, stream: &Stream<'_>) -> Result<Studio, String> {
    let show = Show::new(BARS_AND_TONE).companion(&stream.server.url(""));
    let show = match by {
        Protocol::Rtmp => show.output("mine", &stream.address),
        Protocol::Srt => {
            let srt = stream.server.srt.ok_or("no SRT")?;
            show.output_by_srt("mine", &format!("srt://{srt}"), &stream.key, "")
        }
        Protocol::Whip => show.output_by_whip("mine", &stream.server.url("/whip"), &stream.key),
    };
    Studio::start(&show).map_err(|e| e.to_string())
}

async fn chromium(stream: &Stream<'_>) -> Result<Browser, String> {
    let browser = Browser::start(&Options::default())
        .await
        .map_err(|e| e.to_string())?;
    let own = stream.server.url(&format!("/watch/{}", stream.name));
    let said = async {
        browser.page.goto(&own).await?;
        whip::publish(&browser, &stream.server.url("/whip"), &stream.key).await
    };
    match said.await.map_err(|e| e.to_string())?.as_str() {
        "connected" => Ok(browser),
        why => Err(why.to_owned()),
    }
}
