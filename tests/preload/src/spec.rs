//! Which cameras there are: the text of `ANCHOR_CAMERAS`.
//!
//! `name=Desk,size=1280x720+640x360,fps=30+30000/1001,format=YUYV+NV12;name=Door,file=/path/door.yuyv`: cameras are
//! parted by `;`, and where a camera can do several things they are parted by `+`, the first being the one it starts
//! with. Everything has a default. The first camera is /dev/video0. A camera that can do different things in different
//! formats says so mode by mode, without `size`, `fps` and `format`:
//! `mode=YUYV:1280x720@10,mode=MJPEG:1280x720@30+30000/1001`. `bus` is where it is plugged in, as drivers write it
//! (`usb-0000:00:14.0-3`), `serial` its USB serial number.
//!
//! A file holds frames that are shown in a loop: packed ones of the first size and format, or JPEG pictures one behind
//! the other. The camera then has only these, or with `mode` shows the pattern in its other modes.

use std::path::PathBuf;

use crate::uapi::Fraction;

/// How pixels lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pixels {
    /// 4:2:2, packed as Y0 U Y1 V.
    Yuyv,
    /// 4:2:0, luma plane, then U and V alternating.
    Nv12,
    /// A JPEG picture a frame.
    Mjpeg,
}

impl Pixels {
    /// The four-character code.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Yuyv => "YUYV",
            Self::Nv12 => "NV12",
            Self::Mjpeg => "MJPG",
        }
    }

    /// The V4L2 pixel format.
    pub(crate) fn fourcc(self) -> u32 {
        let mut code = [0; 4];
        code.copy_from_slice(self.name().as_bytes());
        u32::from_le_bytes(code)
    }

    /// Bytes of one line of the (first) plane; none of a compressed picture.
    pub(crate) fn bytes_per_line(self, width: u32) -> u32 {
        match self {
            Self::Yuyv => width * 2,
            Self::Nv12 => width,
            Self::Mjpeg => 0,
        }
    }

    /// Bytes of a frame, the most a compressed one may have.
    pub(crate) fn frame_len(self, (width, height): (u32, u32)) -> u32 {
        match self {
            Self::Yuyv | Self::Mjpeg => width * height * 2,
            Self::Nv12 => width * height * 3 / 2,
        }
    }

    /// As in `ANCHOR_CAMERAS`.
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "YUYV" => Ok(Self::Yuyv),
            "NV12" => Ok(Self::Nv12),
            "MJPEG" | "MJPG" => Ok(Self::Mjpeg),
            _ => Err(format!("format {text:?} is not YUYV, NV12 or MJPEG")),
        }
    }
}

/// A format and size, and the rates it comes at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    /// How pixels lie.
    pub(crate) pixels: Pixels,
    /// Width and height in pixels: even, at least 16, at most 4096.
    pub(crate) size: (u32, u32),
    /// Seconds a frame; at least one.
    pub(crate) intervals: Vec<Fraction>,
}

/// One camera as asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spec {
    /// What the camera calls itself; cut to 31 bytes where V4L2 carries it.
    pub(crate) name: String,
    /// What it can do, at least one thing; it starts with the first.
    pub(crate) offers: Vec<Offer>,
    /// Frames to show; a moving pattern without.
    pub(crate) file: Option<PathBuf>,
    /// Where it is plugged in, if it says so.
    pub(crate) bus: Option<String>,
    /// Its serial number, if it has one.
    pub(crate) serial: Option<String>,
}

impl Spec {
    /// The pixel formats in the order in which they are first named.
    pub(crate) fn formats(&self) -> Vec<Pixels> {
        let mut formats = Vec::new();
        for offer in &self.offers {
            if !formats.contains(&offer.pixels) {
                formats.push(offer.pixels);
            }
        }
        formats
    }

    /// What it can do in a pixel format.
    pub(crate) fn of(&self, pixels: Pixels) -> impl Iterator<Item = &Offer> {
        self.offers.iter().filter(move |offer| offer.pixels == pixels)
    }

    fn parse(number: usize, text: &str) -> Result<Self, String> {
        let mut draft = Draft::default();
        for entry in text.split(',').filter(|entry| !entry.is_empty()) {
            let (key, value) = entry.split_once('=').ok_or(format!("{entry:?} has no value"))?;
            draft.set(key.trim(), value)?;
        }
        let mut offers = draft.offers()?;
        if draft.file.is_some() && draft.modes.is_empty() {
            offers.truncate(1);
        }
        Ok(Self {
            name: draft.name.unwrap_or(format!("Camera {number}")),
            offers,
            file: draft.file,
            bus: draft.bus,
            serial: draft.serial,
        })
    }
}

/// What was said of a camera so far.
#[derive(Default)]
struct Draft {
    name: Option<String>,
    sizes: Vec<(u32, u32)>,
    intervals: Vec<Fraction>,
    formats: Vec<Pixels>,
    modes: Vec<Offer>,
    file: Option<PathBuf>,
    bus: Option<String>,
    serial: Option<String>,
}

impl Draft {
    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        match key {
            "name" => self.name = Some(value.to_owned()),
            "size" => self.sizes = list(value, size)?,
            "fps" => self.intervals = list(value, interval)?,
            "format" => self.formats = list(value, Pixels::parse)?,
            "mode" => self.modes.push(mode(value)?),
            "file" => self.file = Some(PathBuf::from(value)),
            "bus" => self.bus = Some(value.to_owned()),
            "serial" => self.serial = Some(value.to_owned()),
            _ => return Err(format!("a camera has no {key:?}")),
        }
        Ok(())
    }

    /// The modes, or every format in every size at every rate.
    fn offers(&mut self) -> Result<Vec<Offer>, String> {
        let apart = self.sizes.is_empty() && self.intervals.is_empty() && self.formats.is_empty();
        match (self.modes.is_empty(), apart) {
            (false, true) => return Ok(self.modes.clone()),
            (false, false) => return Err("mode goes without size, fps and format".into()),
            (true, _) => {}
        }
        if self.formats.is_empty() {
            self.formats.push(Pixels::Yuyv);
        }
        if self.sizes.is_empty() {
            self.sizes.push((1280, 720));
        }
        if self.intervals.is_empty() {
            self.intervals.push(Fraction {
                numerator: 1,
                denominator: 30,
            });
        }
        let sizes = &self.sizes;
        let all = self
            .formats
            .iter()
            .flat_map(|&pixels| sizes.iter().map(move |&size| (pixels, size)));
        Ok(all
            .map(|(pixels, size)| Offer {
                pixels,
                size,
                intervals: self.intervals.clone(),
            })
            .collect())
    }
}

/// Reads the cameras of `ANCHOR_CAMERAS`; an empty text has none. At most [`CAMERAS`](crate::control::CAMERAS).
pub(crate) fn parse(text: &str) -> Result<Vec<Spec>, String> {
    let entries = text
        .split(';')
        .filter(|entry| !entry.trim().is_empty())
        .take(crate::control::CAMERAS);
    entries
        .enumerate()
        .map(|(number, entry)| Spec::parse(number, entry.trim()))
        .collect()
}

fn list<T>(value: &str, parse: fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    value.split('+').map(parse).collect()
}

/// "MJPEG:1280x720@30+15".
fn mode(text: &str) -> Result<Offer, String> {
    let parts = text
        .split_once(':')
        .and_then(|(format, rest)| Some((format, rest.split_once('@')?)));
    let (format, (wide, rates)) = parts.ok_or(format!("mode {text:?} is not FORMAT:SIZE@FPS"))?;
    Ok(Offer {
        pixels: Pixels::parse(format)?,
        size: size(wide)?,
        intervals: list(rates, interval)?,
    })
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
