//! One pair of encoders, and all destinations that take what it makes.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use api::studio::EncodingStats;
use arc_swap::ArcSwap;
use container::flv::{self, Tag, TagKind};
use media::{AudioBlock, MediaClock, Packet, ShowId, Timestamp, Track, TrackKind, VideoFrame};
use pipeline::encode::{AudioEncoder, VideoEncoder};
use tokio::sync::watch;

use crate::clock::UtcMap;
use crate::output::{Item, ItemKind, Queue, Stamped};
use crate::stats::Histogram;

/// Forced key frames come at most so often: each costs as many bits as many frames.
const KEY_PAUSE_NANOS: i64 = 500_000_000;
/// How long a packet thread waits before it looks whether the show has ended.
const LOOK: Duration = Duration::from_millis(100);

/// What a player must know before the first packet; known once both encoders have begun.
pub(crate) type Tracks = Option<Arc<[Track; 2]>>;

/// All encodings of the moment: none while the show isn't sent. Clones are the same outlet.
#[derive(Clone, Default)]
pub(crate) struct Outlet(Arc<ArcSwap<Vec<Arc<Encoding>>>>);

impl Outlet {
    /// Hands the program to these from now on.
    pub(crate) fn set(&self, encodings: Vec<Arc<Encoding>>) {
        self.0.store(Arc::new(encodings));
    }

    /// Does something with each; takes no lock.
    pub(crate) fn each(&self, mut what: impl FnMut(&Encoding)) {
        self.0.load().iter().for_each(|encoding| what(encoding));
    }
}

/// Encoders of one group of equal settings.
pub(crate) struct Encoding {
    video: VideoEncoder,
    audio: AudioEncoder,
    queues: Vec<Arc<Queue>>,
    names: Vec<String>,
    tracks: watch::Sender<Tracks>,
    utc: Arc<Mutex<UtcMap>>,
    show: ShowId,
    /// What its destinations count from.
    origin: Timestamp,
    last_key: AtomicI64,
    refused: AtomicU64,
    counted: Mutex<Counted>,
}

struct Counted {
    began: VecDeque<(Timestamp, Instant)>,
    encode: Histogram,
    frames: u64,
    gops: u64,
    video_bytes: u64,
    audio_bytes: u64,
}

impl Encoding {
    pub(crate) fn new(
        encoders: (VideoEncoder, AudioEncoder),
        outputs: Vec<(String, Arc<Queue>)>,
        utc: Arc<Mutex<UtcMap>>,
        show: ShowId,
        origin: Timestamp,
    ) -> Self {
        let (names, queues) = outputs.into_iter().unzip();
        let counted = Counted {
            began: VecDeque::with_capacity(16),
            encode: Histogram::new(),
            frames: 0,
            gops: 0,
            video_bytes: 0,
            audio_bytes: 0,
        };
        Self {
            video: encoders.0,
            audio: encoders.1,
            queues,
            names,
            tracks: watch::Sender::new(None),
            utc,
            show,
            origin,
            last_key: AtomicI64::new(i64::MIN / 2),
            refused: AtomicU64::new(0),
            counted: Mutex::new(counted),
        }
    }

    pub(crate) fn tracks(&self) -> watch::Receiver<Tracks> {
        self.tracks.subscribe()
    }

    /// A program frame; refused and counted when the encoder is behind.
    pub(crate) fn picture(&self, frame: &VideoFrame) {
        let key = self.key_is_due(frame.pts);
        self.lock().began.push_back((frame.pts, Instant::now()));
        if self.video.submit(frame, key).is_err() {
            self.refused.fetch_add(1, Ordering::Relaxed);
            self.lock().began.pop_back();
            if key {
                // It went with the frame: ask again.
                self.last_key.store(i64::MIN / 2, Ordering::Relaxed);
                self.queues.iter().for_each(|q| q.ask_again());
            }
        }
    }

    /// A block of the program's sound.
    pub(crate) fn sound(&self, block: &AudioBlock) {
        if self.audio.submit(block).is_err() {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Whether a destination waits for a key frame, and the last forced one is long enough ago.
    fn key_is_due(&self, pts: Timestamp) -> bool {
        let since = pts
            .as_nanos()
            .saturating_sub(self.last_key.load(Ordering::Relaxed));
        if since < KEY_PAUSE_NANOS {
            return false;
        }
        // Every queue is asked: `any` would leave later requests standing and force a second key frame.
        let wanted = self.queues.iter().filter(|q| q.take_key_request()).count() > 0;
        if wanted {
            self.last_key.store(pts.as_nanos(), Ordering::Relaxed);
        }
        wanted
    }

    /// Starts the two threads that carry packets to the destinations. They end when the encoders do.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub(crate) fn start(self: &Arc<Self>) -> std::io::Result<[JoinHandle<()>; 2]> {
        let (video, audio) = (Arc::clone(self), Arc::clone(self));
        let name = |what: &str| std::thread::Builder::new().name(format!("packets {what}"));
        Ok([
            name("video").spawn(move || carry(|| video.video.next_packet(LOOK), |p| video.deliver(p)))?,
            name("audio").spawn(move || carry(|| audio.audio.next_packet(LOOK), |p| audio.deliver(p)))?,
        ])
    }

    /// No frame follows: what was taken is still encoded and delivered, then the threads end.
    pub(crate) fn finish(&self) {
        self.video.finish();
        self.audio.finish();
    }

    fn deliver(&self, packet: Packet) {
        self.announce();
        let item = match packet.kind {
            TrackKind::Video => self.picture_item(packet),
            TrackKind::Audio => self.sound_item(packet),
        };
        self.queues.iter().for_each(|queue| queue.push(item.clone()));
    }

    fn announce(&self) {
        if self.tracks.borrow().is_some() {
            return;
        }
        let video = Track {
            id: 0,
            parameters: self.video.parameters(),
        };
        let audio = Track {
            id: 0,
            parameters: self.audio.parameters(),
        };
        self.tracks.send_replace(Some(Arc::new([video, audio])));
    }

    fn picture_item(&self, packet: Packet) -> Item {
        self.count_picture(packet.pts, packet.data.len());
        let composition = (packet.pts.as_millis() - packet.dts.as_millis()) as i32;
        let tagged = |data: &[u8]| {
            let body = flv::video::frame(packet.key, composition, data);
            self.tag(TagKind::Video, packet.dts, body)
        };
        let stamped = packet.key.then(|| {
            let clock = self.stamp(packet.pts);
            let data = container::sei::insert(&packet.data, &clock);
            let tag = tagged(&data);
            Stamped { clock, tag, data }
        });
        let kind = if packet.key {
            ItemKind::Key
        } else {
            ItemKind::Picture
        };
        Item {
            tag: tagged(&packet.data),
            packet,
            kind,
            stamped,
        }
    }

    fn sound_item(&self, packet: Packet) -> Item {
        self.lock().audio_bytes += packet.data.len() as u64;
        let body = flv::audio::frame(&packet.data);
        Item {
            tag: self.tag(TagKind::Audio, packet.dts, body),
            packet,
            kind: ItemKind::Sound,
            stamped: None,
        }
    }

    /// A tag of what was taken at `dts`. FLV's milliseconds wrap after 49 days; what lies before the origin
    /// counts as it.
    fn tag(&self, kind: TagKind, dts: Timestamp, data: bytes::Bytes) -> Tag {
        Tag {
            kind,
            timestamp: (dts.as_millis() - self.origin.as_millis()).max(0) as u32,
            data,
        }
    }

    /// The media clock of a key frame.
    fn stamp(&self, pts: Timestamp) -> MediaClock {
        let mut utc = self.utc.lock().unwrap_or_else(PoisonError::into_inner);
        let mut counted = self.lock();
        let clock = MediaClock {
            utc: utc.utc(pts),
            show: self.show,
            gop: counted.gops,
            synchronised: utc.is_synchronised(),
        };
        counted.gops += 1;
        clock
    }

    fn count_picture(&self, pts: Timestamp, bytes: usize) {
        let mut counted = self.lock();
        counted.frames += 1;
        counted.video_bytes += bytes as u64;
        while let Some((began_pts, began)) = counted.began.pop_front() {
            if began_pts == pts {
                counted.encode.add(began.elapsed());
                break;
            }
        }
    }

    pub(crate) fn stats(&self) -> EncodingStats {
        let counted = self.lock();
        EncodingStats {
            outputs: self.names.clone(),
            frames: counted.frames,
            refused: self.refused.load(Ordering::Relaxed),
            video_bytes: counted.video_bytes,
            audio_bytes: counted.audio_bytes,
            encode_ms: counted.encode.spread(),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Counted> {
        // Only numbers are kept there: after a panic they are at worst off by one.
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes packets until the encoder has ended.
fn carry(next: impl Fn() -> Result<Option<Packet>, pipeline::Error>, deliver: impl Fn(Packet)) {
    loop {
        match next() {
            Ok(Some(packet)) => deliver(packet),
            Ok(None) => {}
            Err(pipeline::Error::Finished) => return,
            Err(error) => {
                tracing::error!(%error, "an encoder has ended");
                return;
            }
        }
    }
}
