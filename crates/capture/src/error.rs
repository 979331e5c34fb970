//! Why a device could not be opened.

use crate::{DeviceInfo, DeviceKind};

/// Why a device could not be opened, as a sentence for people; [`code`](Self::code) is what programs match.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No device has this id or name.
    #[error("there is no {kind} “{wanted}”; {}", those(*kind, known))]
    Unknown {
        /// Camera or microphone.
        kind: DeviceKind,
        /// What was asked for.
        wanted: String,
        /// What could have been.
        known: Vec<DeviceInfo>,
    },
    /// It is in use, mostly by another program.
    #[error(
        "the {kind} “{name}” is already in use: close the program that uses it, or choose another {kind}"
    )]
    Busy {
        /// Camera or microphone.
        kind: DeviceKind,
        /// The device.
        name: String,
    },
    /// It can't deliver what is asked for.
    #[error("the {kind} “{name}” cannot deliver {wanted}: {reason}")]
    Format {
        /// Camera or microphone.
        kind: DeviceKind,
        /// The device.
        name: String,
        /// What was asked for.
        wanted: String,
        /// What the platform said.
        reason: String,
    },
    /// The platform refused it, or it broke.
    #[error("the {kind} “{name}” could not be opened: {reason}")]
    Refused {
        /// Camera or microphone.
        kind: DeviceKind,
        /// The device.
        name: String,
        /// What the platform said.
        reason: String,
    },
    /// It delivered, and then nothing came any more, though it is still there.
    #[error("the {kind} “{name}” stalled: nothing comes from it any more; it is being opened again")]
    Stalled {
        /// Camera or microphone.
        kind: DeviceKind,
        /// The device.
        name: String,
    },
    /// What it delivers can't be shown.
    #[error("the {kind} “{name}” sends nothing that can be shown: {reason}")]
    Pictures {
        /// Camera or microphone.
        kind: DeviceKind,
        /// The device.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It delivered, and was unplugged or broke.
    #[error("the {kind} “{name}” was lost: {reason}")]
    Lost {
        /// Camera or microphone.
        kind: DeviceKind,
        /// The device.
        name: String,
        /// What the platform said.
        reason: String,
    },
    /// It was opened but nothing came from it in time.
    #[error("the {kind} “{name}” was opened but nothing came from it within {seconds} s")]
    Silent {
        /// Camera or microphone.
        kind: DeviceKind,
        /// The device.
        name: String,
        /// How long was waited.
        seconds: u64,
    },
}

impl Error {
    /// The stable name of this error, like `capture.camera.busy`.
    pub fn code(&self) -> &'static str {
        use DeviceKind::{Camera, Microphone};
        match self {
            Self::Unknown { kind: Camera, .. } => "capture.camera.unknown",
            Self::Busy { kind: Camera, .. } => "capture.camera.busy",
            Self::Format { kind: Camera, .. } => "capture.camera.format",
            Self::Refused { kind: Camera, .. } => "capture.camera.refused",
            Self::Silent { kind: Camera, .. } => "capture.camera.silent",
            Self::Stalled { kind: Camera, .. } => "capture.camera.stalled",
            Self::Lost { kind: Camera, .. } => "capture.camera.lost",
            Self::Pictures { kind: Camera, .. } => "capture.camera.pictures",
            Self::Pictures { kind: Microphone, .. } => "capture.microphone.sound",
            Self::Stalled { kind: Microphone, .. } => "capture.microphone.stalled",
            Self::Lost { kind: Microphone, .. } => "capture.microphone.lost",
            Self::Unknown { kind: Microphone, .. } => "capture.microphone.unknown",
            Self::Busy { kind: Microphone, .. } => "capture.microphone.busy",
            Self::Format { kind: Microphone, .. } => "capture.microphone.format",
            Self::Refused { kind: Microphone, .. } => "capture.microphone.refused",
            Self::Silent { kind: Microphone, .. } => "capture.microphone.silent",
        }
    }
}

/// The devices there are, as half a sentence.
fn those(kind: DeviceKind, known: &[DeviceInfo]) -> String {
    let named: Vec<String> = known.iter().map(|d| format!("“{}” ({})", d.name, d.id)).collect();
    match named.len() {
        0 => format!("no {kind} was found"),
        1 => format!("the only one is {}", named[0]),
        _ => format!("there are {}", named.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_device_is_answered_with_those_there_are() {
        let device = |id: &str, name: &str| DeviceInfo {
            id: id.into(),
            name: name.into(),
        };
        let error = |known| Error::Unknown {
            kind: DeviceKind::Camera,
            wanted: "Table".into(),
            known,
        };
        let two = error(vec![device("/dev/video0", "Desk"), device("/dev/video1", "Side")]);
        let sentence = "there is no camera “Table”; there are “Desk” (/dev/video0), “Side” (/dev/video1)";
        assert_eq!(
            (two.to_string().as_str(), two.code()),
            (sentence, "capture.camera.unknown")
        );
        let none = error(vec![]).to_string();
        assert_eq!(none, "there is no camera “Table”; no camera was found");
    }
}
