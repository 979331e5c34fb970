//! Microphones on Linux: which of ALSA's many names are worth showing.

/// Names that ALSA's configuration defines for conversions and other sound systems, not for devices.
const NO_DEVICES: [&str; 12] = [
    "null",
    "lavrate",
    "samplerate",
    "speexrate",
    "speex",
    "upmix",
    "vdownmix",
    "jack",
    "oss",
    "a52",
    "dmix",
    "iec958",
];
/// Kinds that take a device exclusively or without any conversion: the same device is there as `plughw`.
const RAW: [&str; 4] = ["hw", "dsnoop", "front", "usbstream"];

/// Whether `id` (an ALSA PCM name, like `plughw:CARD=0,DEV=0`) is a microphone a person would choose.
pub(super) fn is_microphone(id: &str) -> bool {
    let kind = id.split(':').next().unwrap_or(id);
    // Some plugins come in several qualities, as in `speexrate_best`.
    let plain = kind.split('_').next().unwrap_or(kind);
    !kind.starts_with("surround")
        && !NO_DEVICES.contains(&plain)
        && !NO_DEVICES.contains(&kind)
        && !RAW.contains(&kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plugins_are_no_microphones() {
        for id in [
            "default",
            "pulse",
            "mic1",
            "plughw:CARD=0,DEV=0",
            "sysdefault:CARD=U",
        ] {
            assert!(is_microphone(id), "{id}");
        }
        for id in ["null", "speexrate_best", "hw:CARD=0,DEV=0", "surround51:CARD=0"] {
            assert!(!is_microphone(id), "{id}");
        }
    }
}
