//! What a camera's child process and its parent say to each other: JSON with its length before it.
//!
//! The parent takes nothing for granted that the child says: a child whose device, driver or decoder went wild
//! may say anything.

use std::io::{self, Write};

use media::driver::{DeviceFormat, DriverError};
use media::{ColorInfo, FrameRate, Matrix, Range, Siting, Size};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::mode::{plausible, possible};
use super::{CameraInfo, Choice, Mode};

/// Longest message, in bytes.
const LONGEST: usize = 64 * 1024;

/// What the child is to open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Request {
    /// Id, path or name.
    pub(super) wanted: String,
    /// The camera it was the last time.
    pub(super) was: Option<Info>,
    pub(super) width: u32,
    pub(super) height: u32,
    /// Numerator and denominator.
    pub(super) rate: (u32, u32),
    pub(super) format: Option<Format>,
    pub(super) visible: bool,
}

/// Parent to child.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Order {
    Open(Request),
    Visible(bool),
}

/// Child to parent. Times are nanoseconds of the monotonic clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Said {
    /// It isn't there; these are. Said again and again while the child waits for it.
    Absent { known: Vec<Info> },
    /// It is about to be opened so.
    Found { info: Info, choice: Chosen },
    /// It streams, read by this driver.
    Opened { driver: String, color: Color },
    /// A picture came out of the driver. What is said of it later names `number`.
    Taken {
        number: u64,
        taken: Option<i64>,
        arrival: i64,
    },
    /// It lies in `slot`, since `ready`; `None` where it had waited to be seen.
    Picture {
        number: u64,
        slot: usize,
        ready: Option<i64>,
    },
    /// A picture was left out.
    Left(Fault),
    /// That was the end.
    Failed(Failure),
}

/// Why a picture was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Fault {
    /// Shorter than its size needs, or damaged on the way.
    Short,
    /// A JPEG that can't be decoded.
    Broken,
    /// Of another size than was agreed.
    Size,
    /// The parent still holds all slots.
    Full,
}

/// Why the child ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Failure {
    Busy,
    Format(String),
    Refused(String),
    /// It streamed and doesn't any more.
    Lost(String),
}

impl From<DriverError> for Failure {
    fn from(error: DriverError) -> Self {
        match error {
            DriverError::Busy => Self::Busy,
            DriverError::Format(reason) => Self::Format(reason),
            DriverError::Refused(reason) => Self::Refused(reason),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Info {
    id: String,
    name: String,
    path: String,
}

impl From<&CameraInfo> for Info {
    fn from(info: &CameraInfo) -> Self {
        let CameraInfo { id, name, path } = info.clone();
        Self { id, name, path }
    }
}

impl From<Info> for CameraInfo {
    fn from(Info { id, name, path }: Info) -> Self {
        Self { id, name, path }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Format {
    Yuyv,
    Nv12,
    Mjpeg,
}

impl From<DeviceFormat> for Format {
    fn from(format: DeviceFormat) -> Self {
        match format {
            DeviceFormat::Yuyv => Self::Yuyv,
            DeviceFormat::Nv12 => Self::Nv12,
            DeviceFormat::Mjpeg => Self::Mjpeg,
        }
    }
}

impl From<Format> for DeviceFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Yuyv => Self::Yuyv,
            Format::Nv12 => Self::Nv12,
            Format::Mjpeg => Self::Mjpeg,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Chosen {
    format: Format,
    width: u32,
    height: u32,
    rate: (u32, u32),
    rates: Vec<(u32, u32)>,
    why: String,
}

impl From<&Choice> for Chosen {
    fn from(choice: &Choice) -> Self {
        let pair = |r: &FrameRate| (r.num(), r.den());
        Self {
            format: choice.mode.format.into(),
            width: choice.mode.size.width,
            height: choice.mode.size.height,
            rate: pair(&choice.rate),
            rates: choice.mode.rates.iter().map(pair).collect(),
            why: choice.why.clone(),
        }
    }
}

impl Chosen {
    /// `None` when it makes no sense.
    pub(super) fn choice(self) -> Option<Choice> {
        let rate = |(num, den)| FrameRate::new(num, den).filter(|r| plausible(*r));
        Some(Choice {
            mode: Mode {
                format: self.format.into(),
                size: Some(Size::new(self.width, self.height)).filter(|s| possible(*s))?,
                rates: self.rates.into_iter().filter_map(rate).collect(),
            },
            rate: rate(self.rate)?,
            why: self.why,
        })
    }
}

/// Colours as three small numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Color(u8, bool, u8);

impl From<ColorInfo> for Color {
    fn from(color: ColorInfo) -> Self {
        let matrix = match color.matrix {
            Matrix::Bt601 => 0,
            Matrix::Bt709 => 1,
            Matrix::Bt2020 => 2,
        };
        let siting = match color.siting {
            Siting::Left => 0,
            Siting::Center => 1,
            Siting::TopLeft => 2,
        };
        Self(matrix, color.range == Range::Full, siting)
    }
}

impl From<Color> for ColorInfo {
    fn from(Color(matrix, full, siting): Color) -> Self {
        Self {
            matrix: match matrix {
                1 => Matrix::Bt709,
                2 => Matrix::Bt2020,
                _ => Matrix::Bt601,
            },
            range: if full { Range::Full } else { Range::Limited },
            siting: match siting {
                1 => Siting::Center,
                2 => Siting::TopLeft,
                _ => Siting::Left,
            },
        }
    }
}

/// Writes one message.
pub(super) fn write(to: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    to.write_all(&bytes(message)?)
}

/// One message as it is sent.
pub(super) fn bytes(message: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; 4];
    serde_json::to_writer(&mut bytes, message)?;
    let len = bytes.len() - 4;
    if len > LONGEST {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    bytes[..4].copy_from_slice(&(len as u32).to_le_bytes());
    Ok(bytes)
}

/// What was read and isn't a whole message yet.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    bytes: Vec<u8>,
}

impl Inbox {
    /// Adds what was read.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next message, once it is whole.
    pub(super) fn next<T: DeserializeOwned>(&mut self) -> io::Result<Option<T>> {
        let Some((len, rest)) = self.bytes.split_first_chunk() else {
            return Ok(None);
        };
        let len = u32::from_le_bytes(*len) as usize;
        if len > LONGEST {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "too long a message"));
        }
        let Some(text) = rest.get(..len) else {
            return Ok(None);
        };
        let message = serde_json::from_slice(text)?;
        self.bytes.drain(..4 + len);
        Ok(Some(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn messages_come_out_whole_however_they_are_cut() {
        let said = [
            Said::Taken {
                number: 1,
                taken: None,
                arrival: -5,
            },
            Said::Picture {
                number: 1,
                slot: 3,
                ready: Some(7),
            },
            Said::Failed(Failure::Lost("gone \u{1f4f7}".into())),
        ];
        let all: Vec<u8> = said.iter().flat_map(|s| bytes(s).unwrap()).collect();
        for piece in [1, 3, 7, all.len()] {
            let (mut inbox, mut got) = (Inbox::default(), Vec::new());
            for part in all.chunks(piece) {
                inbox.add(part);
                while let Some(message) = inbox.next::<Said>().unwrap() {
                    got.push(message);
                }
            }
            assert_eq!(got, said);
        }
    }

    #[test]
    fn what_was_chosen_and_its_colours_come_back_as_they_were() {
        let mode = Mode {
            format: DeviceFormat::Mjpeg,
            size: Size::new(1280, 720),
            rates: vec![FrameRate::whole(30)],
        };
        let rate = "29.97".parse().unwrap();
        let choice = Choice {
            mode,
            rate,
            why: "so".into(),
        };
        assert_eq!(Chosen::from(&choice).choice(), Some(choice.clone()));
        let sane = || Chosen::from(&choice);
        for wild in [
            Chosen {
                rate: (0, 1),
                ..sane()
            },
            Chosen {
                width: u32::MAX,
                ..sane()
            },
        ] {
            assert_eq!(wild.choice(), None);
        }
        for color in [ColorInfo::JPEG, ColorInfo::BT709, ColorInfo::BT601] {
            assert_eq!(ColorInfo::from(Color::from(color)), color);
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_said_harms(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut inbox = Inbox::default();
            inbox.add(&bytes);
            while let Ok(Some(_)) = inbox.next::<Said>() {}
            prop_assert!(inbox.bytes.len() <= bytes.len());
        }
    }
}
