//! How things are written in a show file, where that differs from what they are.

use std::path::PathBuf;

use media::{FrameRate, Size};
use serde::{Deserialize, Deserializer, de::Error};

use api::scene::Color;

use super::model::{self, CameraFormat, Fallback, FileTrack, SourceKind};

/// A `[[source]]` as written: one flat table, so that an unknown key is refused at its own line and column.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    name: String,
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(default)]
    gain_db: f32,
    #[serde(default)]
    mute: bool,
    device: Option<String>,
    #[serde(default, deserialize_with = "some_size")]
    size: Option<Size>,
    #[serde(default, deserialize_with = "some_rate")]
    rate: Option<FrameRate>,
    path: Option<PathBuf>,
    grain: Option<bool>,
    track: Option<FileTrack>,
    color: Option<Color>,
    hz: Option<f32>,
    level_db: Option<f32>,
    format: Option<CameraFormat>,
    fallback: Option<Fallback>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Camera,
    Microphone,
    File,
    Image,
    Color,
    Pattern,
    Tone,
    Click,
}

impl TryFrom<Source> for model::Source {
    type Error = String;

    fn try_from(mut written: Source) -> Result<Self, String> {
        let kind = written.take_kind()?;
        written.nothing_left()?;
        Ok(Self {
            name: written.name,
            gain_db: written.gain_db,
            mute: written.mute,
            kind,
        })
    }
}

impl Source {
    fn take_kind(&mut self) -> Result<SourceKind, String> {
        let name = self.name.clone();
        let lacks = |key: &str| format!("source '{name}' lacks its {key}");
        Ok(match self.kind {
            Kind::Camera => SourceKind::Camera {
                device: self.device.take().ok_or_else(|| lacks("device"))?,
                size: self.size.take(),
                rate: self.rate.take(),
                format: self.format.take(),
                fallback: self.fallback.take().unwrap_or_default(),
            },
            Kind::Microphone => SourceKind::Microphone {
                device: self.device.take().ok_or_else(|| lacks("device"))?,
            },
            Kind::File => SourceKind::File {
                path: self.path.take().ok_or_else(|| lacks("path"))?,
                grain: self.grain.take().unwrap_or(false),
                track: self.track.take().unwrap_or_default(),
            },
            Kind::Image => SourceKind::Image {
                path: self.path.take().ok_or_else(|| lacks("path"))?,
            },
            Kind::Color => SourceKind::Color {
                color: self.color.take().ok_or_else(|| lacks("color"))?,
            },
            Kind::Pattern => SourceKind::Pattern,
            Kind::Tone => SourceKind::Tone {
                hz: self.hz.take().ok_or_else(|| lacks("hz"))?,
                level_db: self.level_db.take().unwrap_or(-20.0),
            },
            Kind::Click => SourceKind::Click,
        })
    }

    /// Refuses what stands there and means nothing for this type.
    fn nothing_left(&self) -> Result<(), String> {
        let left = [
            ("device", self.device.is_some()),
            ("size", self.size.is_some()),
            ("rate", self.rate.is_some()),
            ("path", self.path.is_some()),
            ("grain", self.grain.is_some()),
            ("track", self.track.is_some()),
            ("color", self.color.is_some()),
            ("hz", self.hz.is_some()),
            ("level_db", self.level_db.is_some()),
            ("format", self.format.is_some()),
            ("fallback", self.fallback.is_some()),
        ];
        match left.iter().find(|(_, there)| *there) {
            Some((key, _)) => Err(format!("source '{}' is of a type that has no '{key}'", self.name)),
            None => Ok(()),
        }
    }
}

/// `"1280x720"`.
pub(super) fn size<'de, D: Deserializer<'de>>(d: D) -> Result<Size, D::Error> {
    let text = String::deserialize(d)?;
    let parsed = text
        .split_once('x')
        .and_then(|(w, h)| Some(Size::new(w.parse().ok()?, h.parse().ok()?)));
    parsed.ok_or_else(|| D::Error::custom("a size is written \"1280x720\""))
}

fn some_size<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Size>, D::Error> {
    size(d).map(Some)
}

/// `30`, `29.97`, `"29.97"` or `"30000/1001"`.
pub(super) fn rate<'de, D: Deserializer<'de>>(d: D) -> Result<FrameRate, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Whole(u32),
        Decimal(f64),
        Text(String),
    }
    let text = match Written::deserialize(d)? {
        Written::Whole(n) => n.to_string(),
        Written::Decimal(x) => x.to_string(),
        Written::Text(t) => t,
    };
    text.parse().map_err(D::Error::custom)
}

fn some_rate<'de, D: Deserializer<'de>>(d: D) -> Result<Option<FrameRate>, D::Error> {
    rate(d).map(Some)
}
