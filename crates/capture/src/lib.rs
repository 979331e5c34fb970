//! Devices become sources: cameras (nokhwa) and microphones (cpal), their pictures and samples placed on the
//! show clock.
//!
//! Each device has a named thread of its own, and each camera a process of its own besides. A device that is lost
//! is tried again; until it is back its source is empty and says so. No call of a source blocks, and dropping one
//! takes at most a second.

pub mod camera;
pub mod clock;
mod device;
mod error;
pub mod microphone;
mod thread;

pub use camera::{Camera, CameraConfig, CameraInfo};
pub use clock::ShowClock;
pub use device::{DeviceInfo, DeviceKind, Status};
pub use error::Error;
pub use microphone::{Microphone, MicrophoneConfig};
