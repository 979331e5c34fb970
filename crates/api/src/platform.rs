//! Platforms where shows are watched: their addresses, and what they take.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The platforms that are known, as they were on a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct Platforms {
    /// The day on which all of it was read at its sources, `2026-11-22`.
    pub checked: String,
    /// Sorted by their English names.
    pub platforms: Vec<Platform>,
}

/// A platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// What a show file calls it: small letters and hyphens.
    pub id: String,
    /// What people call it.
    pub name: Names,
    /// Where shows are sent, without the key; none where each seller is given an address of their own.
    pub servers: Vec<String>,
    /// The page on which a seller finds the key (and the address, where there is no common one).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_page: Option<String>,
    /// What it takes.
    pub limits: Limits,
    /// The page on which that was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Who said what is known of addresses and limits; nobody where nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_by: Option<Teller>,
}

/// Who said what is known of a platform: not all of them publish it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Teller {
    /// Pages of its own.
    Platform,
    /// The list of services that OBS Studio keeps.
    Obs,
    /// Other programs' pages, the press.
    Others,
}

/// A name in the window's languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    pub zh: String,
}

/// What a platform takes; nothing is said where it doesn't say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Most of the pictures, in kbit/s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_kbps: Option<u32>,
    /// What it recommends for pictures of 1280x720 at 30 frames a second, in kbit/s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recommended_720p30_kbps: Option<u32>,
    /// What it recommends for pictures of 1920x1080 at 30 frames a second, in kbit/s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recommended_1080p30_kbps: Option<u32>,
    /// The longer side of its largest pictures, in samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub long_side: Option<u32>,
    /// The shorter side of its largest pictures, in samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_side: Option<u32>,
    /// Most frames a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fps: Option<u32>,
    /// Most seconds from one key frame to the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_seconds: Option<u8>,
    /// Most of the sound, in kbit/s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_kbps: Option<u32>,
    /// Most hours of a show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<u32>,
    /// Whether its viewers hold their telephones upright: pictures are higher than wide.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub portrait: bool,
}

/// What a show is that goes to a platform.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sent {
    /// Pictures, in kbit/s.
    pub video_kbps: u32,
    /// Sound, in kbit/s.
    pub audio_kbps: u32,
    /// Samples across.
    pub width: u32,
    /// Samples down.
    pub height: u32,
    /// Frames a second.
    pub fps: f64,
}

/// In what a show exceeds what a platform takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Exceeded {
    /// Pictures, in kbit/s.
    Video,
    /// Sound, in kbit/s.
    Audio,
    /// The longer side of the pictures, in samples.
    Size,
    /// Frames a second.
    Rate,
    /// Pictures are wider than high, where viewers hold their telephones upright.
    Landscape,
}

/// Something about a show that a platform may not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Advice {
    /// In what it exceeds it.
    pub exceeded: Exceeded,
    /// What the show has.
    pub has: u32,
    /// The most that the platform takes.
    pub most: u32,
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { exceeded, has, most } = self;
        match exceeded {
            Exceeded::Video => write!(f, "it takes pictures of at most {most} kbit/s, these have {has}"),
            Exceeded::Audio => write!(f, "it takes sound of at most {most} kbit/s, this has {has}"),
            Exceeded::Size => write!(
                f,
                "it takes pictures of at most {most} samples along the longer side, these have {has}"
            ),
            Exceeded::Rate => write!(f, "it takes at most {most} frames a second, these are {has}"),
            Exceeded::Landscape => write!(
                f,
                "its viewers hold their telephones upright: make the canvas higher than wide"
            ),
        }
    }
}

impl fmt::Display for Limits {
    /// What is known of them, on a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sides = self.long_side.zip(self.short_side);
        let parts = [
            self.video_kbps
                .map(|kbps| format!("pictures up to {kbps} kbit/s")),
            sides.map(|(long, short)| format!("up to {long}x{short}")),
            self.fps.map(|fps| format!("up to {fps} frames a second")),
            self.key_seconds
                .map(|seconds| format!("a key frame every {seconds} s")),
            self.audio_kbps.map(|kbps| format!("sound up to {kbps} kbit/s")),
            self.hours.map(|hours| format!("up to {hours} hours")),
            self.portrait.then(|| "higher than wide".to_owned()),
        ];
        let known: Vec<_> = parts.into_iter().flatten().collect();
        match known.is_empty() {
            true => f.write_str("it doesn't say what it takes"),
            false => f.write_str(&known.join(", ")),
        }
    }
}

impl Limits {
    /// In what `sent` exceeds them.
    pub fn advise(&self, sent: &Sent) -> Vec<Advice> {
        let (long, fps) = (sent.width.max(sent.height), sent.fps.round() as u32);
        let over = [
            (Exceeded::Video, sent.video_kbps, self.video_kbps),
            (Exceeded::Audio, sent.audio_kbps, self.audio_kbps),
            (Exceeded::Size, long, self.long_side),
            (Exceeded::Rate, fps, self.fps),
            (
                Exceeded::Landscape,
                sent.width,
                self.portrait.then_some(sent.height),
            ),
        ];
        let over = over.into_iter().filter_map(|(exceeded, has, most)| {
            let most = most.filter(|most| has > *most)?;
            Some(Advice { exceeded, has, most })
        });
        over.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: Sent = Sent {
        video_kbps: 8_000,
        audio_kbps: 160,
        width: 1_920,
        height: 1_080,
        fps: 59.94,
    };

    #[test]
    fn what_exceeds_a_limit_is_said_and_nothing_else() {
        let limits = Limits {
            video_kbps: Some(6_000),
            long_side: Some(1_920),
            fps: Some(60),
            audio_kbps: Some(128),
            ..Limits::default()
        };
        let advice: Vec<_> = limits.advise(&SENT).iter().map(Advice::to_string).collect();
        assert_eq!(
            advice,
            [
                "it takes pictures of at most 6000 kbit/s, these have 8000",
                "it takes sound of at most 128 kbit/s, this has 160"
            ]
        );
        assert_eq!(Limits::default().advise(&SENT), []);
    }

    #[test]
    fn telephones_held_upright_want_pictures_higher_than_wide() {
        let limits = Limits {
            portrait: true,
            ..Limits::default()
        };
        assert_eq!(limits.advise(&SENT)[0].exceeded, Exceeded::Landscape);
        let upright = Sent {
            width: 1_080,
            height: 1_920,
            ..SENT
        };
        assert_eq!(limits.advise(&upright), []);
    }
}
