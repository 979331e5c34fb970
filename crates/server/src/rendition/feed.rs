//! What makes a rendition.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use bytes::Bytes;
use container::flv::{self, Tag};
use media::{AudioCodec, Packet, Timestamp, TrackKind, VideoCodec};
use rtc::Unit;

use super::Rendition;
use super::order::{Order, Watch};
use crate::App;
use crate::stream::{Form, Frame, Media, Reader, Tracks};

/// How long a rendition goes on without viewers.
const UNSEEN: Duration = Duration::from_secs(30);
/// How often it is looked whether there are any.
const LOOK: Duration = Duration::from_secs(1);

/// Brings a stream's media into the form of browsers.
pub(super) struct Feed {
    app: Arc<App>,
    rendition: Arc<Rendition>,
    tracks: Tracks,
    watch: Watch,
    /// Pictures that wait until their order is known.
    waiting: VecDeque<(Tag, Frame)>,
}

impl Feed {
    pub(super) fn new(app: Arc<App>, rendition: Arc<Rendition>) -> Self {
        Self {
            app,
            rendition,
            tracks: Tracks::default(),
            watch: Watch::default(),
            waiting: VecDeque::new(),
        }
    }

    /// Until the stream ends, or nobody has watched for a while.
    pub(super) async fn run(mut self) {
        let name = self.rendition.stream.name().clone();
        tracing::info!(stream = %name, "made ready for WebRTC");
        let mut reader = Reader::new(Arc::clone(&self.rendition.stream), Form::Units);
        let mut look = tokio::time::interval(LOOK);
        let mut seen = Instant::now();
        let rendition = Arc::clone(&self.rendition);
        loop {
            tokio::select! {
                bytes = reader.next() => match bytes {
                    Some(bytes) => self.take(&bytes),
                    None => break,
                },
                () = rendition.wish.notified() => self.key_frame(),
                _ = look.tick() => {
                    if rendition.viewers.load(Relaxed) > 0 {
                        seen = Instant::now();
                    } else if seen.elapsed() >= UNSEEN && self.app.renditions.forget(&rendition) {
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
            self.waiting.clear();
            self.watch = Watch::default();
        }
    }

    fn frame(&mut self, tag: Tag, frame: Frame) {
        match frame.kind {
            TrackKind::Video => self.picture(tag, frame),
            TrackKind::Audio => self.sound(&tag, &frame),
        }
    }

    fn picture(&mut self, tag: Tag, frame: Frame) {
        let shown = i64::from(tag.timestamp) + i64::from(frame.composition_ms);
        match self.watch.see(shown) {
            Order::Unknown => self.waiting.push_back((tag, frame)),
            Order::Straight => {
                while let Some((tag, frame)) = self.waiting.pop_front() {
                    self.straight(&tag, &frame);
                }
                self.straight(&tag, &frame);
            }
            Order::Mixed => self.waiting.clear(),
        }
    }

    /// A picture that goes on as it is.
    fn straight(&self, tag: &Tag, frame: &Frame) {
        let known = self
            .tracks
            .video()
            .filter(|video| video.codec == VideoCodec::H264);
        if let Some(video) = known {
            let (packet, taken) = self.packet(tag, frame);
            self.rendition.units.push(Unit::picture(&packet, video, taken));
        }
    }

    fn sound(&self, tag: &Tag, frame: &Frame) {
        let known = self
            .tracks
            .audio()
            .filter(|audio| audio.codec == AudioCodec::Opus);
        if known.is_some() {
            let (packet, taken) = self.packet(tag, frame);
            self.rendition.units.push(Unit::sound(&packet, taken));
        }
    }

    /// `frame` with its times, and the moment it was taken.
    fn packet(&self, tag: &Tag, frame: &Frame) -> (Packet, Instant) {
        let dts = i64::from(tag.timestamp);
        let pts = dts + i64::from(frame.composition_ms);
        let packet = Packet {
            kind: frame.kind,
            track: 0,
            pts: Timestamp::from_millis(pts),
            dts: Timestamp::from_millis(dts),
            key: frame.key,
            data: frame.data.clone(),
        };
        (packet, self.rendition.stream.taken(pts as u32))
    }

    /// A viewer's decoder can't go on without one.
    fn key_frame(&self) {
        self.rendition.stream.ask_for_key_frame(Instant::now());
    }
}
