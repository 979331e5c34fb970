//! What `pipeline` says, as it leaves a worker.

use api::{Code, Fault};
use pipeline::Error;

/// The fault of an error that ends a worker.
pub(super) fn from(error: &Error) -> Fault {
    match error {
        Error::MissingElement { .. } | Error::NoDecoder { .. } | Error::Init(_) => Fault::new(
            Code::WorkerUnavailable,
            format!("The stream can't be transcoded here: {error}."),
        ),
        Error::Unsupported(_) => Fault::new(
            Code::MediaUnsupported,
            format!("The stream can't be transcoded: {error}."),
        ),
        other => Fault::new(Code::WorkerLost, format!("Transcoding failed: {other}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_with_the_package_to_install() {
        let fault = from(&Error::MissingElement {
            element: "x264enc".to_owned(),
            package: "gstreamer1.0-plugins-ugly",
        });
        assert_eq!(
            fault.to_string(),
            "The stream can't be transcoded here: GStreamer has no x264enc: install the Debian package \
             gstreamer1.0-plugins-ugly. (worker.unavailable)"
        );
        let fault = from(&Error::Unsupported("a picture of 3x3".to_owned()));
        assert_eq!(fault.code, Code::MediaUnsupported);
    }
}
