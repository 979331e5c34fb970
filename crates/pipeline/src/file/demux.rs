//! One stream of a file, packet by packet, into memory.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gstreamer as gst;
use gstreamer::prelude::*;
use media::{Timestamp, TrackKind};

use super::{check, parts, problem};
use crate::{Error, FileProblem, element};

/// The largest file taken, in MiB.
pub(super) const LARGEST_MIB: u32 = 512;
/// The most packets taken: an hour of 120 pictures a second.
const MOST_UNITS: usize = 3_600 * 120;
/// How long reading may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// One packet as it lay in the file.
pub(super) struct Unit {
    /// The bytes.
    pub(super) data: gst::Buffer,
    /// Its time from the clip's beginning; before it for what a decoder needs but nobody is meant to hear.
    pub(super) pts: Option<Timestamp>,
}

/// One stream of a file.
pub(super) struct Clip {
    /// What the packets are.
    pub(super) caps: gst::Caps,
    /// The packets in coding order; never empty.
    pub(super) units: Vec<Unit>,
    /// Where the clip ends, where the file cuts its last packet short.
    pub(super) end: Option<Timestamp>,
}

/// Reads the first stream of `kind` out of a file.
///
/// # Errors
/// [`Error::File`] with what is wrong.
pub(super) fn read(path: &Path, kind: TrackKind) -> Result<Clip, Error> {
    check(path, LARGEST_MIB)?;
    let (source, find) = (element::make("filesrc")?, element::make("typefind")?);
    source.set_property("location", path);
    let pipeline = gst::Pipeline::new();
    let failed = |e: gst::glib::BoolError| Error::element("typefind", e.message.to_string());
    pipeline.add_many([&source, &find]).map_err(failed)?;
    source.link(&find).map_err(failed)?;
    let reading = Arc::new(Reading::default());
    watch(&pipeline, &reading);
    parts::follow(&pipeline, &find, parts::Taker::new(&reading, kind));
    let started = pipeline.set_state(gst::State::Playing);
    let read = match started {
        Ok(_) => reading.wait(),
        // The reason came by the bus.
        Err(_) => reading.so_far(),
    };
    let _ = pipeline.set_state(gst::State::Null);
    if let Some(bus) = pipeline.bus() {
        bus.unset_sync_handler();
    }
    read.finish(kind).map_err(|what| problem(path, what))
}

/// What GStreamer's threads gather while the caller waits.
#[derive(Default)]
pub(super) struct Reading {
    gathered: Mutex<Gathered>,
    changed: Condvar,
}

#[derive(Default)]
struct Gathered {
    caps: Option<gst::Caps>,
    units: Vec<Unit>,
    bytes: usize,
    end: Option<Timestamp>,
    /// One for each stream of the file.
    pads: Vec<gst::Pad>,
    /// The one whose packets are kept.
    chosen: Option<usize>,
    ended: usize,
    done: bool,
    problem: Option<FileProblem>,
}

impl Reading {
    fn lock(&self) -> MutexGuard<'_, Gathered> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fail(&self, problem: FileProblem) {
        let mut gathered = self.lock();
        gathered.problem.get_or_insert(problem);
        gathered.done = true;
        self.changed.notify_all();
    }

    /// A stream has ended: with the chosen one all is read, without one when the last has.
    fn ended(&self, stream: usize) {
        let mut gathered = self.lock();
        gathered.ended += 1;
        let last = gathered.ended == gathered.pads.len();
        gathered.done |= gathered.chosen.map_or(last, |chosen| chosen == stream);
        self.changed.notify_all();
    }

    fn wait(&self) -> Gathered {
        let waited = self
            .changed
            .wait_timeout_while(self.lock(), PATIENCE, |g| !g.done);
        let (mut gathered, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if !gathered.done {
            let slow = FileProblem::Damaged("reading it took too long".to_owned());
            gathered.problem.get_or_insert(slow);
        }
        std::mem::take(&mut *gathered)
    }

    fn so_far(&self) -> Gathered {
        std::mem::take(&mut *self.lock())
    }

    fn add(&self, pad: &gst::Pad, data: gst::Buffer) -> Result<gst::FlowSuccess, gst::FlowError> {
        let mut gathered = self.lock();
        gathered.bytes += data.size();
        if gathered.bytes > (LARGEST_MIB as usize) << 20 || gathered.units.len() >= MOST_UNITS {
            drop(gathered);
            self.fail(FileProblem::TooLarge(LARGEST_MIB));
            return Err(gst::FlowError::Flushing);
        }
        let event = pad.sticky_event::<gst::event::Segment>(0);
        let segment = event
            .as_ref()
            .and_then(|e| e.segment().downcast_ref::<gst::ClockTime>());
        let time = |at| nanos(segment?.to_running_time_full(at)?);
        if let Some(stop) = segment.and_then(gst::FormattedSegment::stop) {
            gathered.end = time(stop);
        }
        gathered.caps = gathered.caps.take().or_else(|| pad.current_caps());
        let pts = data.pts().and_then(time);
        gathered.units.push(Unit { data, pts });
        Ok(gst::FlowSuccess::Ok)
    }
}

impl Gathered {
    fn finish(self, kind: TrackKind) -> Result<Clip, FileProblem> {
        match (self.caps, self.problem) {
            (_, Some(FileProblem::TooLarge(mib))) => Err(FileProblem::TooLarge(mib)),
            // A file cut short still has what was read of it.
            (Some(caps), _) if !self.units.is_empty() => Ok(Clip {
                caps,
                units: self.units,
                end: self.end,
            }),
            (_, Some(problem)) => Err(problem),
            _ if kind == TrackKind::Video => Err(FileProblem::NoPicture),
            _ => Err(FileProblem::NoSound),
        }
    }
}

fn nanos(at: gst::Signed<gst::ClockTime>) -> Option<Timestamp> {
    let nanos = match at {
        gst::Signed::Positive(t) => i64::try_from(t.nseconds()).ok()?,
        gst::Signed::Negative(t) => -i64::try_from(t.nseconds()).ok()?,
    };
    Some(Timestamp::from_nanos(nanos))
}

/// The first error ends the reading; nothing else that is said matters.
fn watch(pipeline: &gst::Pipeline, reading: &Arc<Reading>) {
    let (Some(bus), reading) = (pipeline.bus(), Arc::clone(reading)) else {
        return;
    };
    bus.set_sync_handler(move |_, message| {
        if let gst::MessageView::Error(e) = message.view() {
            reading.fail(FileProblem::Damaged(e.error().message().to_owned()));
        }
        gst::BusSyncReply::Drop
    });
}

/// Gathers the first stream of its kind that turns up; the others run into nothing.
///
/// The pad that takes it stands by itself: a sink element would have a state, and its end would have to wait for
/// the state of the pipeline.
pub(super) fn take(reading: &Arc<Reading>, stream: &gst::Pad, fits: bool) {
    let mut gathered = reading.lock();
    let number = gathered.pads.len();
    let chosen = fits && gathered.chosen.is_none();
    if chosen {
        gathered.chosen = Some(number);
    }
    let pad = end(reading, number, chosen);
    gathered.pads.push(pad.clone());
    drop(gathered);
    if pad.set_active(true).is_err() || stream.link(&pad).is_err() {
        tracing::warn!("a stream of a file can't be taken");
        reading.ended(number);
    }
}

/// The pad in which stream `number` ends. It holds its reading weakly, which holds it.
fn end(reading: &Arc<Reading>, number: usize, chosen: bool) -> gst::Pad {
    let (kept, told) = (Arc::downgrade(reading), Arc::downgrade(reading));
    gst::Pad::builder(gst::PadDirection::Sink)
        .chain_function(move |pad, _, buffer| match kept.upgrade() {
            Some(reading) if chosen => reading.add(pad, buffer),
            Some(_) => Ok(gst::FlowSuccess::Ok),
            None => Err(gst::FlowError::Flushing),
        })
        .event_function(move |_, _, event| {
            if event.type_() == gst::EventType::Eos
                && let Some(reading) = told.upgrade()
            {
                reading.ended(number);
            }
            true
        })
        .build()
}
