//! Which cameras there are: the text of `ANCHOR_CAMERAS`.
//!
//! `name=Desk,size=1280x720+640x360,fps=30+30000/1001,format=YUYV+NV12;name=Door,file=/path/door.yuyv`: cameras are
//! parted by `;`, and where a camera can do several things they are parted by `+`, the first being the one it starts
//! with. Everything has a default. The first camera is /dev/video0. A file holds packed frames of the first size and
//! format, shown in a loop; the camera then has only these.

use std::path::PathBuf;

use crate::uapi::Fraction;

/// How pixels lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pixels {
    /// 4:2:2, packed as Y0 U Y1 V.
    Yuyv,
    /// 4:2:0, luma plane, then U and V alternating.
    Nv12,
}

impl Pixels {
    /// The name in `ANCHOR_CAMERAS`, which is the four-character code too.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Yuyv => "YUYV",
            Self::Nv12 => "NV12",
        }
    }

    /// The V4L2 pixel format.
    pub(crate) fn fourcc(self) -> u32 {
        let mut code = [0; 4];
        code.copy_from_slice(self.name().as_bytes());
        u32::from_le_bytes(code)
    }

    /// Bytes of one line of the (first) plane.
    pub(crate) fn bytes_per_line(self, width: u32) -> u32 {
        match self {
            Self::Yuyv => width * 2,
            Self::Nv12 => width,
        }
    }

    /// Bytes of a frame.
    pub(crate) fn frame_len(self, (width, height): (u32, u32)) -> u32 {
        match self {
            Self::Yuyv => width * height * 2,
            Self::Nv12 => width * height * 3 / 2,
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        [Self::Yuyv, Self::Nv12]
            .into_iter()
            .find(|pixels| pixels.name() == text)
            .ok_or(format!("format {text:?} is not YUYV or NV12"))
    }
}

/// One camera as asked for. Each list has at least one entry; the first is what the camera starts with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spec {
    /// What the camera calls itself; cut to 31 bytes where V4L2 carries it.
    pub(crate) name: String,
    /// Width and height in pixels: even, at least 16, at most 4096.
    pub(crate) sizes: Vec<(u32, u32)>,
    /// Seconds a frame.
    pub(crate) intervals: Vec<Fraction>,
    /// Pixel formats.
    pub(crate) formats: Vec<Pixels>,
    /// Frames to show; a moving pattern without.
    pub(crate) file: Option<PathBuf>,
}

impl Spec {
    fn numbered(number: usize) -> Self {
        Self {
            name: format!("Camera {number}"),
            sizes: vec![(1280, 720)],
            intervals: vec![Fraction {
                numerator: 1,
                denominator: 30,
            }],
            formats: vec![Pixels::Yuyv],
            file: None,
        }
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        match key {
            "name" => self.name = value.to_owned(),
            "size" => self.sizes = list(value, size)?,
            "fps" => self.intervals = list(value, interval)?,
            "format" => self.formats = list(value, Pixels::parse)?,
            "file" => self.file = Some(PathBuf::from(value)),
            _ => return Err(format!("a camera has no {key:?}")),
        }
        Ok(())
    }

    fn parse(number: usize, text: &str) -> Result<Self, String> {
        let mut spec = Self::numbered(number);
        for entry in text.split(',').filter(|entry| !entry.is_empty()) {
            let (key, value) = entry.split_once('=').ok_or(format!("{entry:?} has no value"))?;
            spec.set(key.trim(), value)?;
        }
        if spec.file.is_some() {
            spec.sizes.truncate(1);
            spec.formats.truncate(1);
        }
        Ok(spec)
    }
}

/// Reads the cameras of `ANCHOR_CAMERAS`; an empty text has none. At most 64.
pub(crate) fn parse(text: &str) -> Result<Vec<Spec>, String> {
    let entries = text.split(';').filter(|entry| !entry.trim().is_empty()).take(64);
    entries
        .enumerate()
        .map(|(number, entry)| Spec::parse(number, entry.trim()))
        .collect()
}

fn list<T>(value: &str, parse: fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    value.split('+').map(parse).collect()
}

fn size(text: &str) -> Result<(u32, u32), String> {
    let parts = text
        .split_once('x')
        .and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    match parts {
        Some((w, h))
            if [w, h]
                .iter()
                .all(|side: &u32| side.is_multiple_of(2) && (16..=4096).contains(side)) =>
        {
            Ok((w, h))
        }
        _ => Err(format!(
            "size {text:?} is not WIDTHxHEIGHT of even numbers from 16 to 4096"
        )),
    }
}

/// Frames a second, "30" or "30000/1001", as the seconds of one frame.
fn interval(text: &str) -> Result<Fraction, String> {
    let (frames, seconds) = text.split_once('/').unwrap_or((text, "1"));
    match (frames.parse(), seconds.parse()) {
        (Ok(denominator @ 1..=240_000), Ok(numerator @ 1..=10_000)) => Ok(Fraction {
            numerator,
            denominator,
        }),
        _ => Err(format!("fps {text:?} is not frames or frames/seconds")),
    }
}

#[cfg(test)]
#[path = "spec_tests.rs"]
mod tests;
