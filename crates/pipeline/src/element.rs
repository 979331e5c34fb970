//! GStreamer elements by name, with the package to install when one is missing.

use std::sync::OnceLock;

use gstreamer as gst;
use gstreamer::prelude::*;

use crate::Error;

/// Starts GStreamer; further calls do nothing and give the first one's answer.
///
/// Every constructor of this crate calls it: a program calls it itself only to know early.
///
/// # Errors
/// [`Error::Init`] with GStreamer's own words.
pub fn init() -> Result<(), Error> {
    static STARTED: OnceLock<Result<(), Error>> = OnceLock::new();
    STARTED
        .get_or_init(|| gst::init().map_err(|e| Error::Init(e.to_string())))
        .clone()
}

/// Makes an element, or says what to install.
pub(crate) fn make(name: &'static str) -> Result<gst::Element, Error> {
    init()?;
    gst::ElementFactory::make(name)
        .build()
        .map_err(|_| Error::MissingElement {
            element: name.to_owned(),
            package: package_of(name),
        })
}

/// The best decoder for `caps`, told to work on the caller's thread; none for what is not coded.
pub(crate) fn decoder(
    caps: &gst::Caps,
    kind: gst::ElementFactoryType,
) -> Result<Option<gst::Element>, Error> {
    if caps.structure(0).is_some_and(|s| s.name().ends_with("/x-raw")) {
        return Ok(None);
    }
    let decoders = gst::ElementFactory::factories_with_type(
        gst::ElementFactoryType::DECODER | kind,
        gst::Rank::MARGINAL,
    );
    let fitting = decoders.iter().filter(|factory| factory.can_sink_any_caps(caps));
    let best = fitting.max_by_key(|factory| factory.rank());
    let decoder = best.and_then(|factory| factory.create().build().ok());
    let decoder = decoder.ok_or_else(|| Error::NoDecoder {
        caps: caps
            .structure(0)
            .map(|s| s.name().to_string())
            .unwrap_or_default(),
    })?;
    work_alone(&decoder);
    Ok(Some(decoder))
}

/// Tells a decoder to start no threads.
pub(crate) fn work_alone(decoder: &gst::Element) {
    for threads in ["max-threads", "threads", "n-threads"] {
        if decoder.has_property(threads) {
            decoder.set_property_from_str(threads, "1");
        }
    }
}

/// The Debian 12 package that brings an element used here.
fn package_of(element: &str) -> &'static str {
    match element {
        "x264enc" => "gstreamer1.0-plugins-ugly",
        "voaacenc" | "h264parse" | "av1dec" => "gstreamer1.0-plugins-bad",
        "flacdec" | "jpegdec" | "jpegenc" | "qtdemux" | "v4l2src" | "vp9dec" => "gstreamer1.0-plugins-good",
        name if name.starts_with("avdec") || name.starts_with("avenc") => "gstreamer1.0-libav",
        "filesrc" | "capsfilter" => "libgstreamer1.0-0",
        _ => "gstreamer1.0-plugins-base",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_element_names_the_package_to_install() {
        assert_eq!(init(), Ok(()));
        assert_eq!(init(), Ok(()));
        let error = make("avenc_nothing").unwrap_err();
        assert_eq!(
            error.to_string(),
            "GStreamer has no avenc_nothing: install the Debian package gstreamer1.0-libav"
        );
    }
}
