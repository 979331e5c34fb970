//! The encoders of one group of equal settings, and all destinations that take what they make.

mod forced;
mod second;
mod sound;
mod strain;
mod switch;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use api::studio::EncodingStats;
use arc_swap::{ArcSwap, ArcSwapOption};
use capture::clock::ShowClock;
use container::flv::{self, Tag, TagKind};
use media::{
    AudioBlock, AudioCodec, CodecParameters, MediaClock, Packet, ShowId, Timestamp, Track, VideoFrame,
};
use pipeline::encode::VideoEncoder;
use rtc::Unit;
use tokio::sync::watch;

use crate::clock::UtcMap;
use crate::output::{Item, ItemKind, Queue, Stamped};
use crate::stats::Histogram;

use forced::Forced;
pub(crate) use second::{Another, cast};
pub(crate) use sound::Sound;
use strain::Effort;
pub(crate) use strain::Strain;
use switch::{Rung, Switches};

/// How long a packet thread waits before it looks whether the show has ended.
const LOOK: Duration = Duration::from_millis(100);

/// What a player must know before the first packet; known once an encoder has begun.
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
    /// What the pictures may take, in kbit/s.
    most_kbps: u32,
    /// A lower encode of the same pictures, while a destination is too weak for the first.
    second: ArcSwapOption<VideoEncoder>,
    another: Another,
    /// Carries the second encode's packets.
    carrying: Mutex<Option<JoinHandle<()>>>,
    sounds: Vec<Sound>,
    queues: Vec<Arc<Queue>>,
    /// Which encode each of them takes.
    switches: Switches<Item>,
    names: Vec<String>,
    clock: ShowClock,
    utc: Arc<Mutex<UtcMap>>,
    show: ShowId,
    /// What its destinations count from.
    origin: Timestamp,
    /// Key frames of either encode.
    forced: [Forced; 2],
    /// The bit rate that was last asked of the first encoder, in kbit/s; 0 before the first time.
    kbps: AtomicU32,
    effort: Effort,
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
    /// Of the second encode.
    low_frames: u64,
}

impl Encoding {
    /// `another` makes one more video encoder, for places too weak for the first, whose pictures may take so many kbit/s.
    pub(crate) fn new(
        encoders: (VideoEncoder, Vec<Sound>),
        (most_kbps, another): (u32, Another),
        outputs: Vec<(String, Arc<Queue>)>,
        clock: ShowClock,
        utc: Arc<Mutex<UtcMap>>,
        show: ShowId,
    ) -> Self {
        let (names, queues): (Vec<_>, Vec<_>) = outputs.into_iter().unzip();
        let counted = Counted {
            began: VecDeque::with_capacity(16),
            encode: Histogram::new(),
            frames: 0,
            gops: 0,
            video_bytes: 0,
            audio_bytes: 0,
            low_frames: 0,
        };
        Self {
            video: encoders.0,
            most_kbps,
            second: ArcSwapOption::empty(),
            another,
            carrying: Mutex::default(),
            sounds: encoders.1,
            switches: Switches::new(queues.len()),
            queues,
            names,
            clock,
            utc,
            show,
            origin: clock.now(),
            forced: Default::default(),
            kbps: AtomicU32::new(0),
            effort: Effort::default(),
            refused: AtomicU64::new(0),
            counted: Mutex::new(counted),
        }
    }

    /// What those are told who take the sound in `codec`; none where nobody was to take it.
    pub(crate) fn tracks(&self, codec: AudioCodec) -> Option<watch::Receiver<Tracks>> {
        let sound = self.sounds.iter().find(|sound| sound.codec() == codec);
        sound.map(Sound::tracks)
    }

    /// A program frame; refused and counted when the encoder is behind.
    pub(crate) fn picture(&self, frame: &VideoFrame) {
        let second = self.second.load();
        let waiting = self.waiting();
        let turns = second.is_some() && self.turn(frame.pts);
        let key = turns || self.key_is_due(Rung::Main, frame.pts);
        self.lock().began.push_back((frame.pts, Instant::now()));
        let taken = self.video.submit(frame, key).is_ok();
        if !taken {
            self.refused.fetch_add(1, Ordering::Relaxed);
            self.lock().began.pop_back();
            self.lost(Rung::Main, key);
        }
        if let Some(second) = &*second {
            let key = turns || self.key_is_due(Rung::Low, frame.pts);
            if second.submit(frame, key).is_err() {
                self.refused.fetch_add(1, Ordering::Relaxed);
                self.lost(Rung::Low, key);
            }
        }
        // A second encode that is behind costs weak places a picture; what counts is the first.
        self.effort.count(taken, waiting);
    }

    /// Frames that wait for the slower of its encoders.
    fn waiting(&self) -> usize {
        let second = self.second.load();
        let second = second.as_ref().map_or(0, |second| second.waiting());
        self.video.waiting().max(second)
    }

    /// How its encoders cope.
    pub(crate) fn strain(&self) -> Strain {
        self.effort.strain(self.waiting())
    }

    /// Turns the places that are to take the other encode, at a key frame of both; whether any does.
    fn turn(&self, pts: Timestamp) -> bool {
        let turns = self.switches.are_to_turn() && self.forced.iter().all(|forced| forced.may(pts));
        if turns {
            self.switches.turn(pts);
            self.forced.iter().for_each(|forced| forced.at(pts));
            self.queues.iter().for_each(|queue| queue.key_comes());
        }
        turns
    }

    /// A frame was refused by the encoder of `rung`; a key frame went with it, where it was to be one.
    fn lost(&self, rung: Rung, key: bool) {
        if key {
            self.forced[rung as usize].lost();
            self.switches.cancel(rung);
            self.on(rung).for_each(Queue::ask_again);
        }
    }

    /// Sets what the first encoder makes, in kbit/s.
    fn set_main(&self, kbps: u32) {
        if self.kbps.swap(kbps, Ordering::Relaxed) != kbps {
            self.video.set_bitrate(kbps);
        }
    }

    /// The queues that take `rung`.
    fn on(&self, rung: Rung) -> impl Iterator<Item = &Queue> {
        let takes = move |(index, _): &(usize, &Arc<Queue>)| self.switches.wants(*index, rung);
        self.queues
            .iter()
            .enumerate()
            .filter(takes)
            .map(|(_, queue)| &**queue)
    }

    /// A block of the program's sound.
    pub(crate) fn sound(&self, block: &AudioBlock) {
        let refused = self.sounds.iter().filter(|sound| sound.submit(block).is_err());
        self.refused.fetch_add(refused.count() as u64, Ordering::Relaxed);
    }

    /// Whether a key frame of `rung` is forced at `pts`: a destination waits for one, or a server asks.
    fn key_is_due(&self, rung: Rung, pts: Timestamp) -> bool {
        // Every queue is asked: `any` would leave later requests standing and force a second key frame.
        let all = |take: fn(&Queue) -> bool| self.on(rung).filter(|q| take(q)).count() > 0;
        let (needed, wished) = (|| all(Queue::take_key_request), || all(Queue::take_key_wish));
        let due = self.forced[rung as usize].is_due(pts, needed, wished);
        if due {
            // It serves them too.
            all(Queue::take_key_wish);
        }
        due
    }

    /// Starts the threads that carry packets to the destinations. They end when the encoders do.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub(crate) fn start(self: &Arc<Self>) -> std::io::Result<Vec<JoinHandle<()>>> {
        let name = |what: &str| std::thread::Builder::new().name(format!("packets {what}"));
        let mut threads = Vec::with_capacity(1 + self.sounds.len());
        let this = Arc::clone(self);
        threads.push(name("video").spawn(move || {
            carry(
                || this.video.next_packet(LOOK),
                |packet| this.deliver_picture(Rung::Main, packet),
            );
        })?);
        for index in 0..self.sounds.len() {
            let this = Arc::clone(self);
            threads.push(name("audio").spawn(move || {
                let sound = &this.sounds[index];
                carry(
                    || sound.next_packet(LOOK),
                    |packet| this.deliver_sound(sound, packet),
                );
            })?);
        }
        Ok(threads)
    }

    /// No frame follows: what was taken is still encoded and delivered, then the threads end.
    pub(crate) fn finish(&self) {
        self.video.finish();
        self.sounds.iter().for_each(Sound::finish);
    }

    fn deliver_picture(&self, rung: Rung, packet: Packet) {
        self.announce();
        let (pts, key) = (packet.pts, packet.key);
        self.count_picture(rung, pts, packet.data.len());
        let item = self.picture_item(packet);
        let go = |index: usize, item| self.queues[index].push(item);
        self.switches.take(rung, pts, key, &item, go);
    }

    fn deliver_sound(&self, sound: &Sound, packet: Packet) {
        self.announce();
        sound.deliver(&self.sound_item(sound, packet));
    }

    fn announce(&self) {
        for sound in &self.sounds {
            sound.announce(|| self.video.parameters());
        }
    }

    /// The picture as WebRTC takes it, cut once for all; none where nobody takes it so.
    fn unit(&self, packet: &Packet) -> Option<Unit> {
        if self.sounds.iter().all(|sound| sound.codec() != AudioCodec::Opus) {
            return None;
        }
        let CodecParameters::Video(parameters) = self.video.parameters() else {
            return None;
        };
        Some(Unit::picture(packet, &parameters, self.clock.instant(packet.pts)))
    }

    fn picture_item(&self, packet: Packet) -> Item {
        let composition = (packet.pts.as_millis() - packet.dts.as_millis()) as i32;
        let tagged = |data: &[u8]| {
            let body = flv::video::frame(packet.key, composition, data);
            self.tag(TagKind::Video, packet.dts, body)
        };
        let stamped = packet.key.then(|| {
            let clock = self.stamp(packet.pts);
            let data = container::sei::insert(&packet.data, &clock);
            let tag = tagged(&data);
            let packet = Packet {
                data,
                ..packet.clone()
            };
            let unit = self.unit(&packet);
            Stamped {
                clock,
                tag,
                packet,
                unit,
            }
        });
        let kind = if packet.key {
            ItemKind::Key
        } else {
            ItemKind::Picture
        };
        Item {
            tag: tagged(&packet.data),
            unit: self.unit(&packet),
            packet,
            kind,
            stamped,
        }
    }

    fn sound_item(&self, sound: &Sound, packet: Packet) -> Item {
        self.lock().audio_bytes += packet.data.len() as u64;
        let (body, unit) = match sound.codec() {
            AudioCodec::Aac => (flv::audio::frame(&packet.data), None),
            // Whoever takes it takes no tags.
            AudioCodec::Opus => {
                let taken = self.clock.instant(packet.pts);
                (bytes::Bytes::new(), Some(Unit::sound(&packet, taken)))
            }
        };
        Item {
            tag: self.tag(TagKind::Audio, packet.dts, body),
            unit,
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

    fn count_picture(&self, rung: Rung, pts: Timestamp, bytes: usize) {
        let mut counted = self.lock();
        if rung == Rung::Low {
            counted.low_frames += 1;
            return;
        }
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
            low_frames: counted.low_frames,
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
