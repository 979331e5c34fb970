//! Sources as people write them: in show files (TOML) and in commands (JSON).

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::scene::Color;

/// Something that delivers pictures, sound or both: one flat table, so that an unknown key is refused where it
/// stands. Which keys a source has hangs on its type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Name that layers use; unique.
    pub name: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Gain of its sound in dB, -60 to 20.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub gain_db: f32,
    /// Whether its sound is off.
    #[serde(default, skip_serializing_if = "is_false")]
    pub mute: bool,
    /// Camera or microphone: its id or name, as `anchor-studio devices` prints it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Camera: `"1280x720"`; the canvas's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// Camera: `30`, `"29.97"` or `"30000/1001"`; the canvas's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// File or image: its path, from the show file's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    /// File: whether camera-like grain is added to its pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grain: Option<bool>,
    /// File: which of its tracks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<FileTrack>,
    /// Color: the colour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
    /// Tone: its frequency in hertz, 20 to 20 000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hz: Option<f32>,
    /// Tone: its level in dBFS, -60 to 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level_db: Option<f32>,
    /// Camera: how its pictures come; chosen when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<CameraFormat>,
    /// Camera: what shows while no picture comes from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<Fallback>,
}

impl Source {
    /// A source of type `kind` that has nothing but its name.
    pub fn new(name: impl Into<String>, kind: Kind) -> Self {
        Self {
            name: name.into(),
            kind,
            gain_db: 0.0,
            mute: false,
            device: None,
            size: None,
            rate: None,
            path: None,
            grain: None,
            track: None,
            color: None,
            hz: None,
            level_db: None,
            format: None,
            fallback: None,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(value: &f32) -> bool {
    *value == 0.0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A camera of this machine.
    Camera,
    /// A microphone of this machine.
    Microphone,
    /// A file whose pictures or sound go round and round.
    File,
    /// A picture, with its transparency.
    Image,
    /// One colour.
    Color,
    /// Moving bars, for trying things out.
    Pattern,
    /// A steady tone.
    Tone,
    /// A click and a white flash each second, for measuring.
    Click,
}

/// Frames a second, as people write them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(untagged)]
pub enum Rate {
    /// `30`.
    Whole(u32),
    /// `29.97`.
    Decimal(f64),
    /// `"29.97"` or `"30000/1001"`.
    Text(String),
}

/// How a camera's pictures come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum CameraFormat {
    /// Raw, 4:2:2.
    Yuyv,
    /// Raw, 4:2:0.
    Nv12,
    /// Compressed, one JPEG a picture.
    Mjpeg,
}

/// Which track of a file a source is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum FileTrack {
    /// Its pictures.
    #[default]
    Video,
    /// Its sound.
    Audio,
}

/// What shows in a camera's place while it is lost: `"last"`, `"nothing"`, `{ source = "NAME" }` or
/// `{ image = "PATH" }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Fallback {
    /// Its last picture.
    #[default]
    Last,
    /// Nothing: its layers are left out.
    Nothing,
    /// Another source of pictures.
    Source(String),
    /// A picture, from the show file's folder; PNG or JPEG.
    Image(PathBuf),
}

impl<'de> Deserialize<'de> for Fallback {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Word(String),
            Table(Table),
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "lowercase")]
        enum Table {
            Source(String),
            Image(PathBuf),
        }
        match Written::deserialize(d) {
            Ok(Written::Word(word)) if word == "last" => Ok(Self::Last),
            Ok(Written::Word(word)) if word == "nothing" => Ok(Self::Nothing),
            Ok(Written::Table(Table::Source(name))) => Ok(Self::Source(name)),
            Ok(Written::Table(Table::Image(path))) => Ok(Self::Image(path)),
            _ => Err(serde::de::Error::custom(
                "a fallback is \"last\", \"nothing\", { source = \"NAME\" } or { image = \"PATH\" }",
            )),
        }
    }
}

/// The cameras and microphones of this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Devices {
    /// Cameras.
    pub cameras: Vec<Device>,
    /// Microphones.
    pub microphones: Vec<Device>,
}

/// A camera or microphone of this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Device {
    /// What `device` of a source says: stays the same when it is plugged elsewhere, as far as it can.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it would deliver to this show, in a sentence; cameras only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub best: Option<String>,
    /// The source that it already is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub used: Option<String>,
}
