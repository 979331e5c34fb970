//! What a slate has to be like to stand in for a stream.

use std::time::Duration;

use bytes::Bytes;
use container::flv::video;
use media::{AudioCodec, AudioParameters, FrameRate, VideoCodec, VideoParameters};

use crate::worker::{LONGEST_SOUND, SlateJob, SlatePictures, SlateSound};

/// What a stream says nothing of.
const USUAL_RATE: FrameRate = FrameRate::whole(30);
/// How often a key frame comes where the publisher's came more seldom or more often than `ROUNDS`.
const USUAL_ROUND: Duration = Duration::from_secs(2);
const ROUNDS: std::ops::RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(4);
/// The largest key frame that is shown again and again, in bytes: three of them a second are 6 Mbit/s.
const LARGEST_KEY: usize = 256 << 10;
/// The rates, in frames a second, that are made as they are.
const RATES: std::ops::RangeInclusive<f64> = 1.0..=120.0;

/// What a stream's slate is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) pictures: Option<Pictures>,
    pub(crate) sound: Option<SlateSound>,
}

/// Where the pictures come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pictures {
    /// They are made.
    Made(SlatePictures),
    /// There is no encoder for the codec: the publisher's last key frame stands still.
    Last {
        /// The decoder's configuration.
        parameters: VideoParameters,
        /// Its bytes, as in a tag.
        key: Bytes,
    },
}

impl Form {
    /// For tracks with these parameters, of which `key` was the last key frame and the last but one stood `interval` before
    /// it; none where nothing can be shown.
    pub(crate) fn of(
        video: Option<&VideoParameters>,
        audio: Option<&AudioParameters>,
        key: Option<Bytes>,
        interval: Option<Duration>,
    ) -> Option<Self> {
        let pictures = match video {
            None => None,
            Some(video) if video.codec == VideoCodec::H264 => Some(Pictures::Made(made(video, interval))),
            // Without a key frame there was nothing to be seen yet.
            Some(video) => {
                let key = key.filter(|key| key.len() <= LARGEST_KEY)?;
                Some(Pictures::Last {
                    parameters: video.clone(),
                    key: video::frame_of(video::four_of(video.codec), true, 0, &key),
                })
            }
        };
        let sound = audio.filter(|audio| audio.config.len() <= LONGEST_SOUND);
        let form = Self {
            pictures,
            sound: sound.map(silence),
        };
        (form.pictures.is_some() || form.sound.is_some()).then_some(form)
    }

    /// What a worker has to make of it.
    pub(crate) fn job(&self) -> SlateJob {
        SlateJob {
            pictures: match self.pictures {
                Some(Pictures::Made(pictures)) => Some(pictures),
                Some(Pictures::Last { .. }) | None => None,
            },
            sound: self.sound.clone(),
        }
    }
}

fn made(video: &VideoParameters, interval: Option<Duration>) -> SlatePictures {
    let rate = video.rate.filter(|rate| RATES.contains(&rate.as_f64()));
    let rate = rate.unwrap_or(USUAL_RATE);
    SlatePictures {
        width: video.size.width,
        height: video.size.height,
        rate: (rate.num(), rate.den()),
        // Segments stay as long as they were.
        frames: (round(interval) * rate.as_f64()).round().max(1.0) as u32,
    }
}

/// How long a round lasts, in seconds.
fn round(interval: Option<Duration>) -> f64 {
    let usual = interval.filter(|interval| ROUNDS.contains(interval));
    usual.unwrap_or(USUAL_ROUND).as_secs_f64()
}

fn silence(audio: &AudioParameters) -> SlateSound {
    let config = audio.config.to_vec();
    match audio.codec {
        AudioCodec::Aac => SlateSound::Aac(config),
        AudioCodec::Opus => SlateSound::Opus(config),
    }
}
