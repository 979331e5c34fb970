//! A viewer who takes a stream's packets elsewhere, as the stream counts it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use api::Fault;

use super::Stream;
use super::clock::Moment;
use crate::clock;

/// A viewer by WebRTC: what it gets comes from a rendition, and is counted here.
#[derive(Debug)]
pub(crate) struct Watcher(Arc<Stream>);

/// A time on a stream's line, and the moment of the day it stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClockNow {
    /// Milliseconds.
    pub(crate) ms: i64,
    /// The moment.
    pub(crate) moment: Moment,
}

impl Watcher {
    /// A viewer of `stream` comes.
    pub(crate) fn new(stream: Arc<Stream>) -> Self {
        stream.web_rtc.enter();
        Self(stream)
    }

    /// It was sent so many bytes.
    pub(crate) fn sent(&self, bytes: usize) {
        self.0.web_rtc.sent(bytes);
    }

    /// So many pictures were left out, because its line was full.
    pub(crate) fn skipped(&self, pictures: u64) {
        if pictures > 0 {
            self.0.web_rtc.skipped(1, pictures);
        }
    }

    /// What the stream takes, in bits a second.
    pub(crate) fn stream_bits(&self) -> u64 {
        self.0.bits()
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.0.web_rtc.leave();
    }
}

impl Stream {
    /// What comes in, in bits a second.
    pub(crate) fn bits(&self) -> u64 {
        let bytes = self.held().live.counted.byte_rate.per_second(Instant::now());
        (bytes * 8.0) as u64
    }

    /// Notes what went wrong beside the stream itself.
    pub(crate) fn note(&self, fault: Fault) {
        self.held().live.counted.last_error = Some(fault);
    }

    /// When what is at `ms` on the stream's line (of which FLV carries 32 bits) was taken, on the machine's monotonic clock;
    /// now where that isn't known.
    pub(crate) fn taken(&self, ms: u32) -> Instant {
        let now = clock::arrival();
        let moment = {
            let held = self.held();
            held.live.clock.at(held.live.whole(ms))
        };
        let since = moment.map_or(0, |moment| now.utc.as_micros() - moment.utc.as_micros());
        let since = Duration::from_micros(since.try_into().unwrap_or(0));
        now.now.checked_sub(since).unwrap_or(now.now)
    }

    /// A time on the stream's line and its moment; none until one is known.
    pub(crate) fn clock_now(&self) -> Option<ClockNow> {
        let held = self.held();
        let ms = held.live.newest_ms()?;
        let moment = held.live.clock.at(ms)?;
        Some(ClockNow { ms, moment })
    }
}
