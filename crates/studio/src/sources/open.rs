//! Opens the show file's sources.

use std::path::Path;
use std::time::Duration;

use capture::clock::ShowClock;
use capture::{Camera, CameraConfig, Microphone, MicrophoneConfig};
use media::{AudioSource, PixelFormat, Timestamp, VideoSource};
use pipeline::file::{AudioLoop, AudioLoopConfig, Still, VideoLoop, VideoLoopConfig};

use super::flash::Flash;
use super::pattern::Pattern;
use super::still;
use crate::Error;
use crate::mix::Input;
use crate::show::{Canvas, FileTrack, Show, Source, SourceKind};

/// Level of the measuring click, in dBFS.
const CLICK_DB: f32 = -6.0;

/// The sources of a show.
pub(crate) struct Opened {
    /// Name and pictures, in the order of the show file.
    pub(crate) pictures: Vec<(String, Box<dyn VideoSource>)>,
    /// Inputs of the mixer.
    pub(crate) sounds: Vec<Input>,
}

/// Opens every source of `show`.
///
/// # Errors
/// [`Error::Source`] for the first that can't be opened.
pub(crate) fn open(show: &Show, clock: &ShowClock) -> Result<Opened, Error> {
    let mut opened = Opened {
        pictures: Vec::new(),
        sounds: Vec::new(),
    };
    for source in &show.sources {
        if let Some(picture) = picture(source, &show.canvas, clock)? {
            opened.pictures.push((source.name.clone(), picture));
        }
        if let Some(sound) = sound(source, &show.canvas, clock)? {
            let (name, gain_db, mute) = (source.name.clone(), source.gain_db, source.mute);
            opened.sounds.push(Input {
                name,
                source: sound,
                gain_db,
                mute,
            });
        }
    }
    Ok(opened)
}

/// The cameras of this machine, by name.
pub(crate) fn cameras() -> Vec<String> {
    capture::camera::list().into_iter().map(|d| d.name).collect()
}

/// The microphones of this machine, by name.
pub(crate) fn microphones() -> Vec<String> {
    capture::microphone::list().into_iter().map(|d| d.name).collect()
}

type Picture = Option<Box<dyn VideoSource>>;

fn picture(source: &Source, canvas: &Canvas, clock: &ShowClock) -> Result<Picture, Error> {
    let picture: Box<dyn VideoSource> = match &source.kind {
        SourceKind::Camera { device, size, rate } => {
            let (size, rate) = (size.unwrap_or(canvas.size), rate.unwrap_or(canvas.rate));
            let config = CameraConfig {
                id: device.clone(),
                size,
                rate,
                format: PixelFormat::Yuyv,
            };
            Box::new(Camera::open(&config, *clock).map_err(|e| device_failed(source, &e))?)
        }
        SourceKind::File {
            path,
            grain,
            track: FileTrack::Video,
        } => {
            let config = VideoLoopConfig {
                start: Timestamp::ZERO,
                grain: *grain,
            };
            Box::new(VideoLoop::open(path, config).map_err(|e| file_failed(source, &e))?)
        }
        SourceKind::Image { path } => Box::new(image(source, path)?),
        SourceKind::Color { color } => Box::new(still::color(color.0)),
        SourceKind::Pattern => Box::new(Pattern::new(canvas.size, canvas.rate)),
        SourceKind::Click => Box::new(Flash::new(canvas.rate)),
        SourceKind::Microphone { .. } | SourceKind::Tone { .. } | SourceKind::File { .. } => return Ok(None),
    };
    Ok(Some(picture))
}

type Sound = Option<Box<dyn AudioSource>>;

fn sound(source: &Source, canvas: &Canvas, clock: &ShowClock) -> Result<Sound, Error> {
    let sound: Box<dyn AudioSource> = match &source.kind {
        SourceKind::Microphone { device } => {
            // The delay of a camera of this rate, so that lips and voice stay together; the mixer waits besides.
            let delay = Duration::from_nanos(canvas.rate.frame_nanos().unsigned_abs());
            let config = MicrophoneConfig {
                id: device.clone(),
                delay,
            };
            Box::new(Microphone::open(&config, *clock).map_err(|e| device_failed(source, &e))?)
        }
        SourceKind::File {
            path,
            track: FileTrack::Audio,
            ..
        } => {
            let config = AudioLoopConfig {
                start: Timestamp::ZERO,
                period: None,
            };
            Box::new(AudioLoop::open(path, config).map_err(|e| file_failed(source, &e))?)
        }
        SourceKind::Tone { hz, level_db } => Box::new(sound::Tone::new(f64::from(*hz), *level_db)),
        SourceKind::Click => Box::new(sound::Click::new(CLICK_DB)),
        _ => return Ok(None),
    };
    Ok(Some(sound))
}

fn image(source: &Source, path: &Path) -> Result<Still, Error> {
    pipeline::file::image(path)
        .map(Still::new)
        .map_err(|e| file_failed(source, &e))
}

fn device_failed(source: &Source, error: &capture::Error) -> Error {
    Error::Source {
        name: source.name.clone(),
        code: error.code(),
        sentence: error.to_string(),
    }
}

fn file_failed(source: &Source, error: &pipeline::Error) -> Error {
    Error::Source {
        name: source.name.clone(),
        code: "source.file",
        sentence: error.to_string(),
    }
}
