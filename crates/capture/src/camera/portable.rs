//! Cameras elsewhere: they are listed; reading them in a process of their own is Linux only so far.

use std::process::ExitCode;
use std::sync::Arc;

use media::FrameQueue;
use media::driver::Backend;
use nokhwa::utils::ApiBackend;

use super::identity::{Traits, distinct};
use super::shared::Shared;
use super::{CameraConfig, CameraInfo, Launch, Mode};
use crate::thread::Stop;
use crate::{DeviceKind, Error, ShowClock, Status};

/// The cameras nokhwa finds.
pub(super) fn list() -> Vec<CameraInfo> {
    let found = std::panic::catch_unwind(|| nokhwa::query(ApiBackend::Auto));
    let found = found.map(Result::unwrap_or_default).unwrap_or_default();
    let traits = |camera: &nokhwa::utils::CameraInfo| Traits {
        name: camera.human_name(),
        path: camera.index().as_string(),
        serial: None,
        bus: Some(camera.misc()).filter(|misc| !misc.is_empty()),
    };
    distinct(found.iter().map(traits).collect())
}

/// Nobody tells.
pub(super) fn shared_usb(_: &str) -> Option<String> {
    None
}

/// Nothing is known of them.
pub(super) fn modes(_: &str) -> Vec<Mode> {
    Vec::new()
}

/// The way to a child: there is none.
pub(super) struct Line;

impl Line {
    pub(super) fn visible(&self, _: bool) {}
    pub(super) fn hang_up(&self) {}
}

/// Says that it can't be done.
pub(super) fn run(
    config: CameraConfig,
    _: ShowClock,
    _: Launch,
    _: FrameQueue,
    shared: &Arc<Shared>,
    stop: &Stop,
) {
    let error = Error::Refused {
        kind: DeviceKind::Camera,
        name: config.id,
        reason: "cameras are read on Linux only so far".into(),
    };
    shared.change(|state| {
        state.status = Status::Lost(error.to_string());
        state.problem = Some(error);
    });
    while !shared.stopped() && !stop.wait(std::time::Duration::from_secs(60)) {}
}

/// Nothing to serve.
pub(super) fn serve(_: &dyn Backend) -> ExitCode {
    ExitCode::FAILURE
}
