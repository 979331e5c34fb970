//! Words between our own two ends; others don't know them and pass over them.

/// In the result of connect: the server asks for the media clock.
pub(crate) const CLOCK: &str = "anchorClock";
/// In the connect object: the publisher makes a key frame when it is asked for one.
pub(crate) const KEY_FRAMES: &str = "anchorKeyFrames";
/// The command that asks for a key frame.
pub(crate) const KEY_FRAME: &str = "anchorKeyFrame";
