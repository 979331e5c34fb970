//! The nouns of a show file.

use std::path::PathBuf;

use api::place::LineMode;
use api::scene::{Color, Scene};
use api::source::{CameraFormat, Fallback, FileTrack};
use media::{FrameRate, Size};
use serde::{Deserialize, Deserializer, Serialize, de::Error};

use super::written;

/// A whole show file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Show {
    /// What the seller calls it.
    pub name: String,
    /// Size and pace of the program.
    #[serde(default)]
    pub canvas: Canvas,
    /// The companion server, whose clock sets the time of the pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub companion: Option<Companion>,
    /// Cameras, microphones, files and generators.
    #[serde(default, rename = "source")]
    pub sources: Vec<Source>,
    /// The scene on air at the start; the first when absent, or when it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// Pictures made of layers.
    #[serde(default, rename = "scene")]
    pub scenes: Vec<Scene>,
    /// The scenes it goes through by itself.
    #[serde(default)]
    pub plan: Plan,
    /// What is kept where a line carries less than is wanted.
    #[serde(default, skip_serializing_if = "is_steady")]
    pub line_mode: LineMode,
    /// Whether a show that was live when the studio crashed goes on the air again by itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub resume: bool,
    /// Where the program goes, the most important first.
    #[serde(default, rename = "output")]
    pub outputs: Vec<Output>,
}

fn is_steady(mode: &LineMode) -> bool {
    *mode == LineMode::Steady
}

/// The scenes a show goes through by itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Plan {
    /// Whether it begins again after its last step; else it stays there.
    pub repeat: bool,
    /// Its steps, in order.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The scene.
    pub scene: String,
    /// How long it is on air, in seconds: 0.5 to 86 400.
    pub seconds: f32,
    /// Milliseconds of fading from the scene before, 0 (a cut) to 10 000.
    #[serde(default)]
    pub fade_ms: u32,
}

/// Size and pace of the program.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Canvas {
    /// `"1280x720"`; both even.
    #[serde(with = "written::size")]
    pub size: Size,
    /// Frames a second: `30`, `"29.97"` or `"30000/1001"`.
    #[serde(with = "written::rate")]
    pub rate: FrameRate,
    /// Whether a frame counter is written into the upper left corner of every program frame.
    pub counter: bool,
}

impl Default for Canvas {
    fn default() -> Self {
        Self {
            size: Size::new(1280, 720),
            rate: FrameRate::whole(30),
            counter: false,
        }
    }
}

/// The companion server.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Companion {
    /// Its public address, as in `http://127.0.0.1:8080`.
    pub url: String,
}

/// Something that delivers pictures, sound or both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "api::source::Source", into = "api::source::Source")]
pub struct Source {
    /// Name that layers use; unique.
    pub name: String,
    /// Gain of its sound in dB, -60 to 20.
    pub gain_db: f32,
    /// Whether its sound is off.
    pub mute: bool,
    /// What it is.
    pub kind: SourceKind,
}

/// What a source is.
#[derive(Clone, Debug, PartialEq)]
pub enum SourceKind {
    /// A camera of this machine.
    Camera {
        /// Its name or path, as `anchor-studio devices` prints it.
        device: String,
        /// Size asked for; the canvas's when absent.
        size: Option<Size>,
        /// Frames a second asked for; the canvas's when absent.
        rate: Option<FrameRate>,
        /// How its pictures come; chosen when absent.
        format: Option<CameraFormat>,
        /// What shows while no picture comes from it.
        fallback: Fallback,
    },
    /// A microphone of this machine.
    Microphone {
        /// Its name, as `anchor-studio devices` prints it.
        device: String,
    },
    /// A file whose pictures or sound go round and round.
    File {
        /// Its path, from the show file's folder.
        path: PathBuf,
        /// Whether camera-like grain is added to its pictures.
        grain: bool,
        /// Which of its tracks.
        track: FileTrack,
    },
    /// A picture, with its transparency.
    Image {
        /// Its path, from the show file's folder; PNG or JPEG.
        path: PathBuf,
    },
    /// One colour.
    Color {
        /// The colour.
        color: Color,
    },
    /// Moving bars, for trying things out.
    Pattern,
    /// A steady tone.
    Tone {
        /// Its frequency in hertz, 20 to 20 000.
        hz: f32,
        /// Its level in dBFS, -60 to 0.
        level_db: f32,
    },
    /// A click and a white flash at the beginning of each second of the show, for measuring.
    Click,
}

/// A place the program goes to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// What the seller calls it; unique.
    pub name: String,
    /// The platform it is, by its id in `platforms.json`. Its `url` and `type` may be left out then, where all sellers have
    /// the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// How it is reached.
    #[serde(rename = "type", default)]
    pub kind: OutputKind,
    /// Its address without the key: `rtmp://host/app`, `rtmps://host/app` for a secure connection,
    /// `srt://host:port`, or by WHIP `https://host/path`.
    #[serde(default)]
    pub url: String,
    /// Where the stream key is kept; by SRT it is the stream id, by WHIP the bearer token.
    pub key: KeyRef,
    /// The least that its picture is lowered to where its line carries less, in kbit/s; 300 when absent.
    #[serde(default = "least", skip_serializing_if = "is_least")]
    pub least: u32,
    /// Whether the show goes there.
    #[serde(default = "yes")]
    pub on: bool,
    /// Whether it gets the show from the companion server, which is sent it once. Its own picture and sound settings count for
    /// nothing then. RTMP alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub passed_on: bool,
    /// What SRT needs besides.
    #[serde(default, skip_serializing_if = "SrtSettings::is_default")]
    pub srt: SrtSettings,
    /// Picture settings.
    #[serde(default)]
    pub video: VideoSettings,
    /// Sound settings.
    #[serde(default)]
    pub audio: AudioSettings,
}

/// Below this a picture isn't worth sending, in kbit/s.
pub(crate) const LEAST: u32 = 300;

const fn least() -> u32 {
    LEAST
}

const fn is_least(least: &u32) -> bool {
    *least == LEAST
}

const fn yes() -> bool {
    true
}

/// How a destination is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutputKind {
    /// By RTMP.
    #[default]
    Rtmp,
    /// By SRT.
    Srt,
    /// By WebRTC (WHIP).
    Whip,
}

/// What an output by SRT needs besides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SrtSettings {
    /// How long packets are held so that lost ones can come again, in milliseconds; 20 to 8000. Four round trips or
    /// more.
    pub latency_ms: u32,
    /// Where the passphrase is kept; without one nothing is encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passphrase: Option<KeyRef>,
}

impl Default for SrtSettings {
    fn default() -> Self {
        Self {
            latency_ms: 500,
            passphrase: None,
        }
    }
}

impl SrtSettings {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Where a stream key is kept. The key itself never stands in a show file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyRef {
    /// In this machine's keyring, or where there is none in a file of the user's alone, by this name.
    Keyring(String),
    /// In this environment variable.
    Env(String),
    /// In this file (first line), from the show file's folder.
    File(PathBuf),
}

/// Picture settings of an output.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VideoSettings {
    /// kbit/s, 100 to 50 000.
    pub bitrate: u32,
    /// x264 preset, `ultrafast` to `medium`.
    pub preset: String,
    /// Seconds from one key frame to the next, 1 to 10.
    pub key_seconds: u8,
}

impl Default for VideoSettings {
    fn default() -> Self {
        Self {
            bitrate: 2500,
            preset: "veryfast".into(),
            key_seconds: 2,
        }
    }
}

/// Sound settings of an output.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AudioSettings {
    /// kbit/s, 32 to 320.
    pub bitrate: u32,
}

impl Default for AudioSettings {
    fn default() -> Self {
        Self { bitrate: 128 }
    }
}

impl<'de> Deserialize<'de> for KeyRef {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Table(Table),
            Plain(#[allow(dead_code, reason = "only its being a text matters")] String),
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "lowercase")]
        enum Table {
            Keyring(String),
            Env(String),
            File(PathBuf),
        }
        match Written::deserialize(d) {
            Ok(Written::Table(Table::Keyring(name))) => Ok(Self::Keyring(name)),
            Ok(Written::Table(Table::Env(name))) => Ok(Self::Env(name)),
            Ok(Written::Table(Table::File(path))) => Ok(Self::File(path)),
            Ok(Written::Plain(_)) => Err(D::Error::custom(
                "a stream key doesn't belong in the show file; store it with `anchor-studio key set NAME` and \
                 write key = { keyring = \"NAME\" }",
            )),
            Err(_) => Err(D::Error::custom(
                "a key is { keyring = \"NAME\" }, { env = \"VAR\" } or { file = \"PATH\" }",
            )),
        }
    }
}
