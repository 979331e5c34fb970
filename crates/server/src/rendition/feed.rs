//! What makes a rendition.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use api::Fault;
use bytes::Bytes;
use container::flv::{self, Tag};
use media::TrackKind;
use rtc::Unit;

use super::Rendition;
use super::making::{self, Making};
use super::order::{Order, Watch};
use super::pauses::Unseen;
use crate::App;
use crate::stream::{Form, Frame, Media, Reader, Tracks};

/// How often it is looked whether there are any.
const LOOK: Duration = Duration::from_secs(1);
/// Access units after which it is decided what to make, also where too few pictures were among them.
const UNDECIDED: usize = 64;
/// The same where nothing says that there will be pictures.
const SOUND_ALONE: usize = 8;

/// Brings a stream's media into the form of browsers.
pub(super) struct Feed {
    app: Arc<App>,
    rendition: Arc<Rendition>,
    /// What comes in.
    tracks: Tracks,
    watch: Watch,
    order: Order,
    /// What waits until it is decided what has to be made; none once it is.
    waiting: Option<VecDeque<(Tag, Frame)>>,
    making: Making,
    /// What the worker gives.
    made: Tracks,
}

impl Feed {
    pub(super) fn new(app: Arc<App>, rendition: Arc<Rendition>) -> Self {
        Self {
            app,
            rendition,
            tracks: Tracks::default(),
            watch: Watch::default(),
            order: Order::Unknown,
            waiting: Some(VecDeque::new()),
            making: Making::default(),
            made: Tracks::default(),
        }
    }

    /// Until the stream ends, or nobody has watched for a while.
    pub(super) async fn run(mut self) {
        let rendition = Arc::clone(&self.rendition);
        let name = rendition.stream.name();
        tracing::info!(stream = %name, "made ready for WebRTC");
        let mut reader = Reader::new(Arc::clone(&rendition.stream), Form::Units);
        let mut look = tokio::time::interval(LOOK);
        let mut unseen = Unseen::new(Instant::now());
        loop {
            tokio::select! {
                bytes = reader.next() => match bytes {
                    Some(bytes) => self.take(&bytes),
                    None => break,
                },
                made = self.making.next() => self.made(made),
                () = rendition.wish.notified() => self.key_frame(),
                _ = look.tick() => {
                    self.begin();
                    let watched = rendition.viewers.load(Relaxed) > 0 || self.app.config.rtc.always;
                    if unseen.too_long(watched, Instant::now()) && self.app.renditions.forget(&rendition) {
                        break;
                    }
                }
            }
        }
        self.app.renditions.end(&rendition);
        tracing::info!(stream = %name, "no longer made ready for WebRTC");
    }

    fn take(&mut self, bytes: &Bytes) {
        for tag in flv::tags(bytes) {
            match self.tracks.read(&tag) {
                Ok(Media::Frame(frame)) => self.frame(tag, frame),
                Ok(Media::Configured) => self.configured(&tag),
                // The stream itself counted and told it.
                Ok(Media::Nothing) | Err(_) => {}
            }
        }
    }

    /// A configuration changed: what is known of the order of pictures may not hold.
    fn configured(&mut self, tag: &Tag) {
        if tag.kind == flv::TagKind::Video {
            self.watch = Watch::default();
            self.order = Order::Unknown;
        }
        // What comes from now on may have to be made, or no longer.
        self.waiting.get_or_insert_default();
    }

    fn frame(&mut self, tag: Tag, frame: Frame) {
        if frame.kind == TrackKind::Video {
            let shown = i64::from(tag.timestamp) + i64::from(frame.composition_ms);
            let order = self.watch.see(shown);
            let found = order == Order::Mixed && self.order == Order::Straight;
            self.order = order;
            if found {
                // B-frames after all.
                self.waiting.get_or_insert_default();
            }
        }
        match &mut self.waiting {
            Some(waiting) => {
                waiting.push_back((tag, frame));
                self.decide();
            }
            None => self.hand_on(&tag, frame),
        }
    }

    /// Decides what has to be made, if enough is known.
    fn decide(&mut self) {
        let count = self.waiting.as_ref().map_or(0, VecDeque::len);
        let pictures = self.tracks.has_pictures();
        let known = self.order != Order::Unknown || (!pictures && count >= SOUND_ALONE);
        if !known && count < UNDECIDED {
            return;
        }
        let kbps = u32::try_from(self.rendition.stream.bits() / 1_000).unwrap_or(u32::MAX);
        let job = making::job(self.tracks.video(), self.tracks.audio(), self.order, kbps);
        let waiting = self.waiting.take().unwrap_or_default();
        let from = waiting.front().map_or(0, |(tag, _)| tag.timestamp);
        self.making.want(job, &self.tracks, from);
        self.begin();
        for (tag, frame) in waiting {
            self.hand_on(&tag, frame);
        }
    }

    fn begin(&mut self) {
        let begun = self.making.begin(&self.app.workers, &self.tracks, Instant::now());
        if let Err(fault) = begun {
            self.failed(fault);
        }
    }

    /// To the worker, or to the viewers as it is.
    fn hand_on(&mut self, tag: &Tag, frame: Frame) {
        if self.making.makes(frame.kind) {
            self.making.push(tag);
        } else {
            self.give(tag.timestamp, frame, &self.tracks);
        }
    }

    /// What the worker made goes to the viewers.
    fn made(&mut self, made: Result<Tag, Fault>) {
        match made {
            Ok(tag) => {
                if let Ok(Media::Frame(frame)) = self.made.read(&tag) {
                    self.give(tag.timestamp, frame, &self.made);
                }
            }
            Err(fault) => self.failed(fault),
        }
    }

    fn failed(&self, fault: Fault) {
        tracing::warn!(stream = %self.rendition.stream.name(), %fault, "nothing is made for WebRTC");
        self.rendition.stream.note(fault);
    }

    fn give(&self, timestamp: u32, frame: Frame, tracks: &Tracks) {
        let packet = frame.packet(timestamp.into());
        let taken = self.rendition.stream.taken(packet.pts.as_millis() as u32);
        let unit = match (packet.kind, tracks.video()) {
            (TrackKind::Audio, _) => Unit::sound(&packet, taken),
            (TrackKind::Video, Some(video)) => Unit::picture(&packet, video, taken),
            (TrackKind::Video, None) => return,
        };
        self.rendition.units.push(unit);
    }

    /// A viewer's decoder can't go on without one.
    fn key_frame(&self) {
        if !self.making.key_frame() {
            self.rendition.stream.ask_for_key_frame(Instant::now());
        }
    }
}
