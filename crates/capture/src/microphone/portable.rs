//! Microphones where every input device of the platform is one.

/// Whether `id` is a microphone a person would choose.
pub(super) fn is_microphone(_id: &str) -> bool {
    true
}
