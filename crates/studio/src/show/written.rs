//! How things are written in a show file, where that differs from what they are.

use std::path::PathBuf;

use api::source::{Fallback, FileTrack, Kind, Rate, Source};
use media::{FrameRate, Size};

use super::model::{self, SourceKind};

impl TryFrom<Source> for model::Source {
    type Error = String;

    fn try_from(mut written: Source) -> Result<Self, String> {
        let kind = take_kind(&mut written)?;
        nothing_left(&written)?;
        Ok(Self {
            name: written.name,
            gain_db: written.gain_db,
            mute: written.mute,
            kind,
        })
    }
}

fn take_kind(written: &mut Source) -> Result<SourceKind, String> {
    let name = written.name.clone();
    let lacks = |key: &str| format!("source '{name}' lacks its {key}");
    let size = |text: String| parse_size(&text).ok_or_else(|| SIZE.to_owned());
    Ok(match written.kind {
        Kind::Camera => SourceKind::Camera {
            device: written.device.take().ok_or_else(|| lacks("device"))?,
            size: written.size.take().map(size).transpose()?,
            rate: written.rate.take().map(parse_rate).transpose()?,
            format: written.format.take(),
            fallback: written.fallback.take().unwrap_or_default(),
        },
        Kind::Microphone => SourceKind::Microphone {
            device: written.device.take().ok_or_else(|| lacks("device"))?,
        },
        Kind::File => SourceKind::File {
            path: written.path.take().ok_or_else(|| lacks("path"))?,
            grain: written.grain.take().unwrap_or(false),
            track: written.track.take().unwrap_or_default(),
        },
        Kind::Image => SourceKind::Image {
            path: written.path.take().ok_or_else(|| lacks("path"))?,
        },
        Kind::Color => SourceKind::Color {
            color: written.color.take().ok_or_else(|| lacks("color"))?,
        },
        Kind::Pattern => SourceKind::Pattern,
        Kind::Tone => SourceKind::Tone {
            hz: written.hz.take().ok_or_else(|| lacks("hz"))?,
            level_db: written.level_db.take().unwrap_or(-20.0),
        },
        Kind::Click => SourceKind::Click,
    })
}

/// Refuses what stands there and means nothing for this type.
fn nothing_left(written: &Source) -> Result<(), String> {
    let left = [
        ("device", written.device.is_some()),
        ("size", written.size.is_some()),
        ("rate", written.rate.is_some()),
        ("path", written.path.is_some()),
        ("grain", written.grain.is_some()),
        ("track", written.track.is_some()),
        ("color", written.color.is_some()),
        ("hz", written.hz.is_some()),
        ("level_db", written.level_db.is_some()),
        ("format", written.format.is_some()),
        ("fallback", written.fallback.is_some()),
    ];
    match left.iter().find(|(_, there)| *there) {
        Some((key, _)) => Err(format!(
            "source '{}' is of a type that has no '{key}'",
            written.name
        )),
        None => Ok(()),
    }
}

impl From<model::Source> for Source {
    fn from(source: model::Source) -> Self {
        let plain = |kind| Self {
            gain_db: source.gain_db,
            mute: source.mute,
            ..Self::new(source.name.clone(), kind)
        };
        match source.kind.clone() {
            SourceKind::Camera {
                device,
                size,
                rate,
                format,
                fallback,
            } => Self {
                device: Some(device),
                size: size.map(size_text),
                rate: rate.map(|r| Rate::Text(r.to_string())),
                format,
                fallback: (fallback != Fallback::Last).then_some(fallback),
                ..plain(Kind::Camera)
            },
            SourceKind::Microphone { device } => Self {
                device: Some(device),
                ..plain(Kind::Microphone)
            },
            SourceKind::File { path, grain, track } => file(plain(Kind::File), path, grain, track),
            SourceKind::Image { path } => Self {
                path: Some(path),
                ..plain(Kind::Image)
            },
            SourceKind::Color { color } => Self {
                color: Some(color),
                ..plain(Kind::Color)
            },
            SourceKind::Pattern => plain(Kind::Pattern),
            SourceKind::Tone { hz, level_db } => Self {
                hz: Some(hz),
                level_db: Some(level_db),
                ..plain(Kind::Tone)
            },
            SourceKind::Click => plain(Kind::Click),
        }
    }
}

fn file(plain: Source, path: PathBuf, grain: bool, track: FileTrack) -> Source {
    Source {
        path: Some(path),
        grain: grain.then_some(true),
        track: (track != FileTrack::Video).then_some(track),
        ..plain
    }
}

const SIZE: &str = "a size is written \"1280x720\"";

fn parse_size(text: &str) -> Option<Size> {
    let (width, height) = text.split_once('x')?;
    Some(Size::new(width.parse().ok()?, height.parse().ok()?))
}

fn size_text(size: Size) -> String {
    format!("{}x{}", size.width, size.height)
}

fn parse_rate(written: Rate) -> Result<FrameRate, String> {
    let text = match written {
        Rate::Whole(n) => n.to_string(),
        Rate::Decimal(x) => x.to_string(),
        Rate::Text(t) => t,
    };
    text.parse()
        .map_err(|e: media::ParseFrameRateError| e.to_string())
}

/// `"1280x720"`.
pub(super) mod size {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::{SIZE, Size, parse_size, size_text};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Size, D::Error> {
        parse_size(&String::deserialize(d)?).ok_or_else(|| D::Error::custom(SIZE))
    }

    pub(crate) fn serialize<S: Serializer>(size: &Size, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&size_text(*size))
    }
}

/// `30`, `29.97`, `"29.97"` or `"30000/1001"`.
pub(super) mod rate {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::{FrameRate, Rate, parse_rate};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<FrameRate, D::Error> {
        parse_rate(Rate::deserialize(d)?).map_err(D::Error::custom)
    }

    pub(crate) fn serialize<S: Serializer>(rate: &FrameRate, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(rate)
    }
}
