//! Opens the show file's sources.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use capture::camera::Monitor;
use capture::clock::ShowClock;
use capture::{Camera, CameraConfig, Microphone, MicrophoneConfig};
use media::driver::DeviceFormat;
use media::{AudioBlock, AudioSource, SourceCounters, Timestamp, VideoFrame, VideoSource};
use pipeline::file::{AudioLoop, AudioLoopConfig, Still, VideoLoop, VideoLoopConfig};

use super::flash::Flash;
use super::pattern::Pattern;
use super::still;
use crate::Error;
use crate::control::Facts;
use crate::mix::{Fader, Input};
use crate::show::{CameraFormat, Canvas, Fallback, FileTrack, Show, Source, SourceKind};
use crate::tick::{Backup, Lamp, Member};

/// Level of the measuring click, in dBFS.
const CLICK_DB: f32 = -6.0;
/// How long the show waits for a camera's first picture; all of them have this time together.
pub(crate) const FIRST_PICTURE: Duration = Duration::from_secs(8);

/// The sources of a show.
#[derive(Default)]
pub(crate) struct Opened {
    /// The sources of pictures, in the order of the show file.
    pub(crate) cast: Vec<Member>,
    /// What is known of each.
    pub(crate) facts: Vec<Facts>,
    /// Inputs of the mixer.
    pub(crate) sounds: Vec<Input>,
    /// Sources of sound that could not be opened, and why: they are silent.
    pub(crate) silent: Vec<(String, String)>,
}

/// How sources are opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Care {
    /// A source that can't be had is an error.
    Strict,
    /// A source that can't be had is lost, as one that is unplugged later: the show begins without it.
    Lenient,
}

/// Opens all sources of `show`, cameras side by side.
///
/// # Errors
/// [`Error::Source`] for the first that can't be opened; with [`Care::Lenient`] only for files.
pub(crate) fn open(show: &Show, clock: &ShowClock, care: Care) -> Result<Opened, Error> {
    let mut opened = Opened::default();
    for source in &show.sources {
        let one = match open_one(source, show, clock) {
            Err(Error::Source { sentence, .. })
                if care == Care::Lenient && matches!(source.kind, SourceKind::Microphone { .. }) =>
            {
                tracing::warn!(source = source.name, sentence, "a microphone is silent");
                opened.silent.push((source.name.clone(), sentence));
                One {
                    picture: None,
                    sound: Some(input(source, Box::new(Silence::default()))),
                }
            }
            other => other?,
        };
        if let Some((member, facts)) = one.picture {
            opened.cast.push(member);
            opened.facts.push(facts);
        }
        opened.sounds.extend(one.sound);
    }
    if care == Care::Strict {
        let until = Instant::now() + FIRST_PICTURE;
        for facts in &opened.facts {
            facts.wait(until.saturating_duration_since(Instant::now()))?;
        }
    }
    Ok(opened)
}

/// One opened source.
pub(crate) struct One {
    /// Its pictures, and what is known of them.
    pub(crate) picture: Option<(Member, Facts)>,
    /// Its sound.
    pub(crate) sound: Option<Input>,
}

/// Opens `source`, which is one of `show`'s. A camera may have no picture yet ([`Facts::wait`]).
///
/// # Errors
/// [`Error::Source`].
pub(crate) fn open_one(source: &Source, show: &Show, clock: &ShowClock) -> Result<One, Error> {
    let picture = picture(source, show, clock)?.map(|picture| member(source, show, picture));
    let sound = sound(source, &show.canvas, clock)?;
    Ok(One {
        picture: picture.transpose()?,
        sound: sound.map(|sound| input(source, sound)),
    })
}

fn member(source: &Source, show: &Show, picture: Picture) -> Result<(Member, Facts), Error> {
    let lamp = Arc::<Lamp>::default();
    let facts = Facts {
        name: source.name.clone(),
        camera: picture.monitor.clone(),
        lamp: Arc::clone(&lamp),
    };
    let member = Member {
        name: source.name.clone(),
        source: picture.source,
        backup: backup(source, show)?,
        watch: picture.monitor.map(watch),
        lamp,
    };
    Ok((member, facts))
}

fn input(source: &Source, sound: Box<dyn AudioSource>) -> Input {
    Input {
        source: sound,
        fader: Arc::new(Fader::of(source)),
    }
}

impl Facts {
    /// Waits for a camera's first picture.
    ///
    /// # Errors
    /// [`Error::Source`] when none came within `patience`.
    pub(crate) fn wait(&self, patience: Duration) -> Result<(), Error> {
        let Some(monitor) = &self.camera else {
            return Ok(());
        };
        monitor.wait(patience).map_err(|error| Error::Source {
            name: self.name.clone(),
            code: error.code(),
            sentence: error.to_string(),
        })
    }
}

/// What a microphone that isn't there delivers.
#[derive(Default)]
struct Silence(SourceCounters);

impl AudioSource for Silence {
    fn fill(&mut self, block: &mut AudioBlock) {
        block.samples.fill(0.0);
        self.0.missing += block.samples.len() as u64 / u64::from(block.channels.max(1));
    }

    fn counters(&self) -> SourceCounters {
        self.0
    }
}

/// A source's pictures, and the camera behind them, if it is one.
struct Picture {
    source: Box<dyn VideoSource>,
    monitor: Option<Monitor>,
}

impl Picture {
    fn made(source: impl VideoSource + 'static) -> Self {
        Self {
            source: Box::new(source),
            monitor: None,
        }
    }
}

fn picture(source: &Source, show: &Show, clock: &ShowClock) -> Result<Option<Picture>, Error> {
    let canvas = &show.canvas;
    Ok(Some(match &source.kind {
        SourceKind::Camera {
            device,
            size,
            rate,
            format,
            ..
        } => {
            let config = CameraConfig {
                id: device.clone(),
                size: size.unwrap_or(canvas.size),
                rate: rate.unwrap_or(canvas.rate),
                format: format.map(device_format),
            };
            let camera = Camera::open(&config, *clock, super::child::launch());
            Picture {
                monitor: Some(camera.monitor().clone()),
                source: Box::new(camera),
            }
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
            Picture::made(VideoLoop::open(path, config).map_err(|e| file_failed(source, &e))?)
        }
        SourceKind::Image { path } => Picture::made(Still::new(image(source, path)?)),
        SourceKind::Color { color } => Picture::made(still::color(color.0)),
        SourceKind::Pattern => Picture::made(Pattern::new(canvas.size, canvas.rate)),
        SourceKind::Click => Picture::made(Flash::new(canvas.rate)),
        SourceKind::Microphone { .. } | SourceKind::Tone { .. } | SourceKind::File { .. } => return Ok(None),
    }))
}

const fn device_format(format: CameraFormat) -> DeviceFormat {
    match format {
        CameraFormat::Yuyv => DeviceFormat::Yuyv,
        CameraFormat::Nv12 => DeviceFormat::Nv12,
        CameraFormat::Mjpeg => DeviceFormat::Mjpeg,
    }
}

/// What stands in for `source`.
fn backup(source: &Source, show: &Show) -> Result<Backup, Error> {
    let SourceKind::Camera { fallback, .. } = &source.kind else {
        return Ok(Backup::Last);
    };
    Ok(match fallback {
        Fallback::Last => Backup::Last,
        Fallback::Nothing => Backup::Nothing,
        Fallback::Image(path) => Backup::Image(image(source, path)?),
        Fallback::Source(name) => {
            let mut pictures = show.sources.iter().filter(|s| s.has_picture());
            pictures
                .position(|s| s.name == *name)
                .map_or(Backup::Last, Backup::Source)
        }
    })
}

fn watch(monitor: Monitor) -> crate::tick::Watch {
    Box::new(move || monitor.lost())
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

fn image(source: &Source, path: &Path) -> Result<VideoFrame, Error> {
    pipeline::file::image(path).map_err(|e| file_failed(source, &e))
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
