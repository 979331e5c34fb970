//! From a file's bytes to its streams: one demuxer or parser behind the other, by the type of what comes.
//!
//! `parsebin` does the same, but in GStreamer 1.22 it keeps to itself an error that comes while it is linking, and the
//! reader of a damaged file waits for ever.

use std::sync::{Arc, Weak};

use gstreamer as gst;
use gstreamer::prelude::*;
use media::TrackKind;

use super::demux::{self, Reading};

/// Elements one behind the other at most: a file that is a container in a container is an attack.
const DEEPEST: u32 = 4;

/// Where the streams go.
#[derive(Clone)]
pub(super) struct Taker {
    reading: Weak<Reading>,
    kind: TrackKind,
}

impl Taker {
    /// The first stream of `kind` to `reading`.
    pub(super) fn new(reading: &Arc<Reading>, kind: TrackKind) -> Self {
        Self {
            reading: Arc::downgrade(reading),
            kind,
        }
    }
}

/// Links what fits behind `find` as soon as it has found the file's type.
pub(super) fn follow(pipeline: &gst::Pipeline, find: &gst::Element, taker: Taker) {
    let pipeline = pipeline.downgrade();
    find.connect("have-type", false, move |values| {
        let find = values.first()?.get::<gst::Element>().ok()?;
        let caps = values.get(2)?.get::<gst::Caps>().ok()?;
        plug(&pipeline.upgrade()?, &find.static_pad("src")?, &caps, &taker, 0);
        None
    });
}

/// Puts behind `pad` the element its caps ask for, or ends the stream there.
fn plug(pipeline: &gst::Pipeline, pad: &gst::Pad, caps: &gst::Caps, taker: &Taker, depth: u32) {
    let Some(reading) = taker.reading.upgrade() else {
        return;
    };
    let factory = fitting(caps).filter(|_| depth < DEEPEST);
    let Some(factory) = factory else {
        let class = if taker.kind == TrackKind::Video {
            "video/"
        } else {
            "audio/"
        };
        let fits = caps.structure(0).is_some_and(|s| s.name().starts_with(class));
        return demux::take(&reading, pad, fits);
    };
    if let Err(reason) = link(pipeline, pad, &factory, taker, depth) {
        tracing::warn!("a stream of a file is left out: {reason}");
        demux::take(&reading, pad, false);
    }
}

/// The best demuxer or parser for `caps`; none for what is ready for a decoder. Those that would fetch more from
/// a network (playlists, session descriptions) don't count.
fn fitting(caps: &gst::Caps) -> Option<gst::ElementFactory> {
    let about = caps.structure(0)?;
    let ready = ["parsed", "framed"]
        .iter()
        .any(|field| about.get::<bool>(*field) == Ok(true));
    if ready || about.name().ends_with("/x-raw") {
        return None;
    }
    let kinds = gst::ElementFactoryType::DEMUXER | gst::ElementFactoryType::PARSER;
    let all = gst::ElementFactory::factories_with_type(kinds, gst::Rank::MARGINAL);
    let class = |factory: &gst::ElementFactory| factory.metadata("klass").unwrap_or_default().to_owned();
    let local = |factory: &&gst::ElementFactory| {
        let class = class(factory);
        !class.contains("Adaptive") && !class.contains("Network")
    };
    let fit = all.iter().filter(|f| f.can_sink_any_caps(caps)).filter(local);
    fit.max_by_key(|factory| factory.rank()).cloned()
}

fn link(
    pipeline: &gst::Pipeline,
    pad: &gst::Pad,
    factory: &gst::ElementFactory,
    taker: &Taker,
    depth: u32,
) -> Result<(), gst::glib::BoolError> {
    let element = factory.create().build()?;
    pipeline.add(&element)?;
    let sink = element
        .static_pad("sink")
        .ok_or_else(|| gst::glib::bool_error!("no pad to link to"))?;
    pad.link(&sink)
        .map_err(|_| gst::glib::bool_error!("not linked"))?;
    match element.static_pad("src") {
        // A parser: its stream is of its own class, audio or video.
        Some(stream) => {
            let class = if taker.kind == TrackKind::Video {
                "Video"
            } else {
                "Audio"
            };
            let fits = factory
                .metadata("klass")
                .is_some_and(|klass| klass.contains(class));
            if let Some(reading) = taker.reading.upgrade() {
                demux::take(&reading, &stream, fits);
            }
        }
        None => {
            let (pipeline, taker) = (pipeline.downgrade(), taker.clone());
            element.connect_pad_added(move |_, stream| {
                let caps = stream.current_caps().unwrap_or_else(|| stream.query_caps(None));
                if let Some(pipeline) = pipeline.upgrade() {
                    plug(&pipeline, stream, &caps, &taker, depth + 1);
                }
            });
        }
    }
    element.sync_state_with_parent()
}
