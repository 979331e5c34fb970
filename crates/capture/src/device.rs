//! What is known of a device from outside.

use std::fmt;

/// A device that can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    /// What the platform calls it; opens this very device.
    pub id: String,
    /// What a person calls it.
    pub name: String,
}

/// Camera or microphone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceKind {
    /// Gives pictures.
    Camera,
    /// Gives sound.
    Microphone,
}

impl fmt::Display for DeviceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Camera => "camera",
            Self::Microphone => "microphone",
        })
    }
}

/// How an opened device is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is being opened for the first time.
    Starting,
    /// It delivers.
    Running,
    /// It is gone, for the reason given; it is tried again, until it is back.
    Lost(String),
    /// Its thread ended and it will not come back.
    Ended,
}

/// The device among `known` that `wanted` means: its id, or else its name, in whatever case.
pub(crate) fn find<'a>(known: &'a [DeviceInfo], wanted: &str) -> Option<&'a DeviceInfo> {
    let named = |d: &&DeviceInfo| d.name.to_lowercase() == wanted.to_lowercase();
    known
        .iter()
        .find(|d| d.id == wanted)
        .or_else(|| known.iter().find(named))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_goes_before_a_name_and_case_does_not_count_in_names() {
        let device = |id: &str, name: &str| DeviceInfo {
            id: id.into(),
            name: name.into(),
        };
        let known = [device("1", "0"), device("0", "Desk")];
        assert_eq!(find(&known, "0").unwrap().name, "Desk");
        assert_eq!(find(&known, "desk").unwrap().id, "0");
        assert_eq!(find(&known, "side"), None);
    }
}
