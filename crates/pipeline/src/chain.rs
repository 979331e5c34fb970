//! A row of GStreamer elements that works on the caller's thread.
//!
//! Two pads of our own stand at its ends. What is pushed into the first runs through all elements and reaches the
//! other end, the `exit` closure, before the push returns: no streaming thread, no queue and no clock of GStreamer's
//! is involved, so a push that failed says so itself and there is nothing to wait for at the end.

use std::sync::{Arc, Mutex, OnceLock};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_video as gst_video;
use media::Timestamp;

use crate::{Error, clock};

/// What arrives behind the last element.
pub(crate) struct Output {
    /// The bytes.
    pub(crate) buffer: gst::Buffer,
    /// Their time, where the last element gave one.
    pub(crate) pts: Option<Timestamp>,
    /// What they are.
    pub(crate) caps: gst::Caps,
}

/// Whether the one behind the exit wants more.
pub(crate) type Flow = std::ops::ControlFlow<()>;

/// Elements in a row, started.
pub(crate) struct Chain {
    name: &'static str,
    pipeline: gst::Pipeline,
    entry: gst::Pad,
    exit: gst::Pad,
    failure: Arc<OnceLock<Error>>,
}

impl Chain {
    /// Links and starts `elements`; what comes in is `input`, what may come out `output`.
    pub(crate) fn new(
        name: &'static str,
        elements: &[&gst::Element],
        input: &gst::Caps,
        output: &gst::Caps,
        on_output: impl FnMut(Output) -> Flow + Send + 'static,
    ) -> Result<Self, Error> {
        let failed = |e: gst::glib::BoolError| Error::element(name, e.message.to_string());
        let pipeline = gst::Pipeline::new();
        pipeline.add_many(elements).map_err(failed)?;
        gst::Element::link_many(elements).map_err(failed)?;
        let chain = Self {
            name,
            failure: watch(&pipeline),
            pipeline,
            entry: gst::Pad::builder(gst::PadDirection::Src).name("entry").build(),
            exit: exit_pad(output, on_output).map_err(failed)?,
        };
        chain.join(elements).map_err(failed)?;
        chain.start(input)?;
        Ok(chain)
    }

    fn join(&self, elements: &[&gst::Element]) -> Result<(), gst::glib::BoolError> {
        let missing = || gst::glib::bool_error!("an element has no such pad");
        let first = elements.first().and_then(|e| e.static_pad("sink"));
        let last = elements.last().and_then(|e| e.static_pad("src"));
        let refused = |_| gst::glib::bool_error!("these elements don't fit together");
        self.entry.link(&first.ok_or_else(missing)?).map_err(refused)?;
        last.ok_or_else(missing)?.link(&self.exit).map_err(refused)?;
        Ok(())
    }

    fn start(&self, input: &gst::Caps) -> Result<(), Error> {
        for pad in [&self.entry, &self.exit] {
            pad.set_active(true)
                .map_err(|e| Error::element(self.name, e.message.to_string()))?;
        }
        self.pipeline
            .set_state(gst::State::Playing)
            .map_err(|e| self.failure_or(&e.to_string()))?;
        let segment = gst::FormattedSegment::<gst::ClockTime>::new();
        let events = [
            gst::event::StreamStart::new(self.name),
            gst::event::Caps::new(input),
            gst::event::Segment::new(&segment),
        ];
        for event in events {
            // What a sticky event meets is told by the first push only, so the caps are asked for themselves.
            self.entry.push_event(event);
        }
        if self.entry.peer_query_accept_caps(input) {
            Ok(())
        } else {
            Err(self.failure_or("this kind of input is refused"))
        }
    }

    /// Sends one buffer through; on return all that came of it has been at the exit.
    pub(crate) fn push(&self, buffer: gst::Buffer) -> Result<(), Error> {
        if let Some(error) = self.failure.get() {
            return Err(error.clone());
        }
        match self.entry.push(buffer) {
            Ok(_) => Ok(()),
            Err(gst::FlowError::Flushing | gst::FlowError::Eos) => {
                Err(self.failure.get().cloned().unwrap_or(Error::Finished))
            }
            Err(flow) => Err(self.failure_or(&flow.to_string())),
        }
    }

    /// Ends the stream: on return the elements have given all they held.
    pub(crate) fn finish(&self) -> Result<(), Error> {
        self.entry.push_event(gst::event::Eos::new());
        self.failure.get().cloned().map_or(Ok(()), Err)
    }

    /// Asks the encoder to make the next picture a key frame.
    pub(crate) fn force_key(&self) {
        let event = gst_video::UpstreamForceKeyUnitEvent::builder().build();
        self.exit.push_event(event);
    }

    /// What leaves the chain, once that is known.
    pub(crate) fn caps(&self) -> Option<gst::Caps> {
        self.exit.current_caps()
    }

    fn failure_or(&self, reason: &str) -> Error {
        let said = self.failure.get().cloned();
        said.unwrap_or_else(|| Error::element(self.name, reason))
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        // No thread runs in here but the one that drops it, so this does not wait.
        if let Err(e) = self.pipeline.set_state(gst::State::Null) {
            tracing::warn!(chain = self.name, "did not stop cleanly: {e}");
        }
        if let Some(bus) = self.pipeline.bus() {
            bus.unset_sync_handler();
        }
        for pad in [&self.entry, &self.exit] {
            let _ = pad.set_active(false);
        }
    }
}

/// Keeps the first error the elements tell; everything else they say is let go at once.
pub(crate) fn watch(pipeline: &gst::Pipeline) -> Arc<OnceLock<Error>> {
    let failure = Arc::new(OnceLock::new());
    let kept = Arc::clone(&failure);
    if let Some(bus) = pipeline.bus() {
        bus.set_sync_handler(move |_, message| {
            if let gst::MessageView::Error(e) = message.view() {
                let element = message.src().map(|s| s.name().to_string()).unwrap_or_default();
                let _ = kept.set(Error::element(element, e.error().to_string()));
            }
            gst::BusSyncReply::Drop
        });
    }
    failure
}

/// The pad behind the last element, which hands on what comes and accepts planes at any stride.
pub(crate) fn exit_pad(
    output: &gst::Caps,
    on_output: impl FnMut(Output) -> Flow + Send + 'static,
) -> Result<gst::Pad, gst::glib::BoolError> {
    let (direction, presence) = (gst::PadDirection::Sink, gst::PadPresence::Always);
    let template = gst::PadTemplate::new("exit", direction, presence, output)?;
    let on_output = Mutex::new(on_output);
    let pad = gst::Pad::builder_from_template(&template)
        .chain_function(move |pad, _, buffer| {
            let arrived = Output {
                pts: running_time(pad, &buffer),
                caps: pad.current_caps().ok_or(gst::FlowError::NotNegotiated)?,
                buffer,
            };
            // A closure that has panicked gets nothing more.
            let mut on_output = on_output.lock().map_err(|_| gst::FlowError::Error)?;
            match on_output(arrived) {
                Flow::Continue(()) => Ok(gst::FlowSuccess::Ok),
                Flow::Break(()) => Err(gst::FlowError::Flushing),
            }
        })
        .query_function(|pad, parent, query| {
            if let gst::QueryViewMut::Allocation(allocation) = query.view_mut() {
                allocation.add_allocation_meta::<gst_video::VideoMeta>(None);
                return true;
            }
            gst::Pad::query_default(pad, parent, query)
        })
        .build();
    Ok(pad)
}

/// Encoders shift their output within the segment (x264enc by 1000 hours); running time undoes it exactly.
fn running_time(pad: &gst::Pad, buffer: &gst::Buffer) -> Option<Timestamp> {
    let event = pad.sticky_event::<gst::event::Segment>(0)?;
    let segment = event.segment().downcast_ref::<gst::ClockTime>()?;
    segment.to_running_time(buffer.pts()).map(clock::from_gst)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element;

    fn chain(error_after: i32) -> (Chain, Arc<Mutex<Vec<Option<Timestamp>>>>) {
        let identity = element::make("identity").unwrap();
        identity.set_property("error-after", error_after);
        let caps = gst::Caps::new_empty_simple("application/x-test");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&seen);
        let exit = move |output: Output| {
            kept.lock().unwrap().push(output.pts);
            Flow::Continue(())
        };
        (
            Chain::new("test", &[&identity], &caps, &caps, exit).unwrap(),
            seen,
        )
    }

    fn buffer(at: Timestamp) -> gst::Buffer {
        let mut buffer = gst::Buffer::from_slice([1, 2, 3]);
        buffer.get_mut().unwrap().set_pts(clock::to_gst(at).unwrap());
        buffer
    }

    #[test]
    fn what_is_pushed_has_arrived_with_its_time_when_the_push_returns() {
        let (chain, seen) = chain(-1);
        for nanos in [-5, 0, 33_366_667] {
            let at = Timestamp::from_nanos(nanos);
            chain.push(buffer(at)).unwrap();
            assert_eq!(seen.lock().unwrap().pop(), Some(Some(at)));
        }
        chain.finish().unwrap();
        assert_eq!(chain.push(buffer(Timestamp::ZERO)), Err(Error::Finished));
    }

    #[test]
    fn an_element_that_fails_says_so_at_this_call_and_the_next() {
        let (chain, _) = chain(2);
        chain.push(buffer(Timestamp::ZERO)).unwrap();
        for _ in 0..2 {
            let failed = chain.push(buffer(Timestamp::ZERO)).unwrap_err();
            assert!(
                matches!(&failed, Error::Element { element, .. } if element.starts_with("identity")),
                "{failed}"
            );
        }
        assert!(chain.finish().is_err());
    }

    #[test]
    fn input_the_elements_refuse_is_a_typed_error() {
        let x264 = element::make("x264enc").unwrap();
        let caps = gst::Caps::new_empty_simple("application/x-test");
        let made = Chain::new("x264enc", &[&x264], &caps, &gst::Caps::new_any(), |_| {
            Flow::Continue(())
        });
        let refused = made.err().expect("refused");
        assert!(matches!(refused, Error::Element { .. }), "{refused}");
    }
}
