//! Cameras where only nokhwa is asked.

use media::ColorInfo;
use nokhwa::utils::{ApiBackend, CameraIndex};

use super::CameraConfig;
use crate::DeviceInfo;

/// The cameras nokhwa finds.
pub(super) fn list() -> Vec<(DeviceInfo, CameraIndex)> {
    let found = std::panic::catch_unwind(|| nokhwa::query(ApiBackend::Auto));
    let found = found.map(Result::unwrap_or_default).unwrap_or_default();
    found
        .into_iter()
        .map(|camera| {
            let id = match camera.misc() {
                misc if misc.is_empty() => camera.index().as_string(),
                misc => misc,
            };
            let name = camera.human_name();
            (DeviceInfo { id, name }, camera.index().clone())
        })
        .collect()
}

/// Whether an error's text says that another program has the camera.
pub(super) fn busy(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("in use") || text.contains("busy") || text.contains("lock")
}

/// Nothing is known of the colours: BT.601, limited range.
pub(super) fn color(_: &DeviceInfo, _: &CameraConfig) -> ColorInfo {
    ColorInfo::BT601
}
