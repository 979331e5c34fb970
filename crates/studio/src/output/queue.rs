//! What waits for one destination: bounded in time, dropped by priority within the GOP, sound never.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use container::flv::Tag;
use media::{MediaClock, Packet, Timestamp};
use rtc::Unit;
use tokio::sync::Notify;

/// The most pictures that wait: 1.5 s of them.
const SPAN_NANOS: i64 = 1_500_000_000;
/// The most sound that waits, in packets: about ten seconds. It is what remains when a line is dead but open.
const SOUND: usize = 500;

/// One packet on its way to a destination. Cloning shares the bytes.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// As RTMP takes it.
    pub(crate) tag: Tag,
    /// As a transport stream takes it.
    pub(crate) packet: Packet,
    /// As WebRTC takes it; none where nobody does.
    pub(crate) unit: Option<Unit>,
    pub(crate) kind: ItemKind,
    /// At a key frame: the same with the media clock. Only for our own server: no stranger learns which show this is,
    /// or the time here.
    pub(crate) stamped: Option<Stamped>,
}

/// A key frame that says when its picture was taken.
#[derive(Clone, Debug)]
pub(crate) struct Stamped {
    pub(crate) clock: MediaClock,
    pub(crate) tag: Tag,
    pub(crate) packet: Packet,
    pub(crate) unit: Option<Unit>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ItemKind {
    Key,
    Picture,
    Sound,
}

/// Packets lost to this destination, by cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dropped {
    pub(crate) line: u64,
    pub(crate) away: u64,
    pub(crate) paused: u64,
}

/// The decisions: pure, without lock or clock.
#[derive(Debug, Default)]
struct Waiting {
    items: VecDeque<Item>,
    open: bool,
    /// It gets no pictures: more important places need the line.
    paused: bool,
    needs_key: bool,
    /// Of the first picture since it was opened.
    begin: Option<Timestamp>,
    dropped: Dropped,
}

impl Waiting {
    /// The destination takes the show: it begins with the next key frame.
    fn open(&mut self) {
        self.items.clear();
        self.open = true;
        self.needs_key = true;
        self.begin = None;
    }

    fn close(&mut self) {
        self.dropped.away += self.items.iter().filter(|i| i.kind != ItemKind::Sound).count() as u64;
        self.items.clear();
        self.open = false;
    }

    /// Takes an item in, or drops it and counts it. Says whether a key frame is wanted.
    fn push(&mut self, item: Item) -> bool {
        match item.kind {
            _ if !self.open => self.dropped.away += u64::from(item.kind != ItemKind::Sound),
            ItemKind::Sound => self.push_sound(item),
            _ if self.paused => self.dropped.paused += 1,
            ItemKind::Key => self.push_key(item),
            ItemKind::Picture if self.needs_key => self.dropped.line += 1,
            ItemKind::Picture if self.span(&item) > SPAN_NANOS => {
                self.dropped.line += 1;
                self.needs_key = true;
            }
            ItemKind::Picture => self.items.push_back(item),
        }
        self.open && !self.paused && self.needs_key
    }

    /// Takes no pictures any more, or again from the next key frame on. What waits still goes.
    fn pause(&mut self, paused: bool) {
        self.needs_key |= self.paused || paused;
        self.paused = paused;
    }

    fn push_sound(&mut self, item: Item) {
        // Before the first picture there is nothing it could go with.
        if self.begin.is_none_or(|begin| item.packet.dts < begin) {
            return;
        }
        if self.items.iter().filter(|i| i.kind == ItemKind::Sound).count() >= SOUND {
            self.items.retain(|i| i.kind != ItemKind::Sound);
        }
        self.items.push_back(item);
    }

    /// A key frame after a jam makes every picture that still waits worthless.
    fn push_key(&mut self, item: Item) {
        if self.needs_key || self.span(&item) > SPAN_NANOS {
            let before = self.items.len();
            self.items.retain(|i| i.kind == ItemKind::Sound);
            self.dropped.line += (before - self.items.len()) as u64;
        }
        self.needs_key = false;
        self.begin.get_or_insert(item.packet.dts);
        self.items.push_back(item);
    }

    /// Nanoseconds of pictures that wait, with `item` behind them.
    fn span(&self, item: &Item) -> i64 {
        let first = self.items.iter().find(|i| i.kind != ItemKind::Sound);
        first.map_or(0, |first| item.packet.dts.nanos_since(first.packet.dts))
    }
}

/// The queue as threads share it.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    /// It can't go on without a key frame.
    wants_key: AtomicBool,
    /// Somebody at the other end can't.
    wished_key: AtomicBool,
    /// Bytes of media that came, taken or not.
    pushed: AtomicU64,
    /// How much of pictures its line wishes for, in kbit/s; 0 while it has no wish.
    wished_kbps: AtomicU32,
    filled: Notify,
}

impl Queue {
    pub(crate) fn push(&self, item: Item) {
        self.pushed
            .fetch_add(item.packet.data.len() as u64, Ordering::Relaxed);
        let wants_key = self.lock().push(item);
        self.wants_key.store(wants_key, Ordering::Release);
        self.filled.notify_one();
    }

    /// The destination takes the show from the next key frame on; one is asked for.
    pub(crate) fn open(&self) {
        self.lock().open();
        self.wants_key.store(true, Ordering::Release);
    }

    /// The destination is away: what waits is worthless.
    pub(crate) fn close(&self) {
        self.lock().close();
        self.wants_key.store(false, Ordering::Release);
        self.wished_key.store(false, Ordering::Release);
    }

    /// Whether a key frame is wanted; asking settles it.
    pub(crate) fn take_key_request(&self) -> bool {
        self.wants_key.swap(false, Ordering::AcqRel)
    }

    /// Bytes of media that came so far, taken or not.
    pub(crate) fn pushed(&self) -> u64 {
        self.pushed.load(Ordering::Relaxed)
    }

    /// How long what waits has waited: from the oldest to the newest.
    pub(crate) fn waits(&self) -> Duration {
        let waiting = self.lock();
        let times = waiting.items.front().zip(waiting.items.back());
        let nanos = times.map_or(0, |(old, new)| new.packet.dts.nanos_since(old.packet.dts));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(0))
    }

    /// Its line wishes for so much of pictures, in kbit/s.
    pub(crate) fn wish_kbps(&self, kbps: u32) {
        self.wished_kbps.store(kbps, Ordering::Relaxed);
    }

    /// How much of pictures its line wishes for, in kbit/s; none while it has no wish.
    pub(crate) fn wished_kbps(&self) -> Option<u32> {
        Some(self.wished_kbps.load(Ordering::Relaxed)).filter(|kbps| *kbps > 0)
    }

    /// The server asks for a key frame, for those who watch there.
    pub(crate) fn wish_key(&self) {
        self.wished_key.store(true, Ordering::Release);
    }

    /// Whether a server asks for a key frame; asking settles it.
    pub(crate) fn take_key_wish(&self) -> bool {
        self.wished_key.swap(false, Ordering::AcqRel)
    }

    /// The forced key frame was lost: whoever still waits for one, here or there, asks again.
    pub(crate) fn ask_again(&self) {
        let waiting = self.lock();
        self.wants_key.store(
            waiting.open && !waiting.paused && waiting.needs_key,
            Ordering::Release,
        );
        self.wished_key.store(waiting.open, Ordering::Release);
    }

    /// Pictures for it pause, or go on.
    pub(crate) fn pause(&self, paused: bool) {
        let mut waiting = self.lock();
        if waiting.paused != paused {
            waiting.pause(paused);
            self.wants_key.store(!paused, Ordering::Release);
        }
    }

    /// Whether its pictures pause.
    pub(crate) fn is_paused(&self) -> bool {
        self.lock().paused
    }

    /// How much of pictures it takes, in kbit/s: `most` while its line has no wish; none while it is away or paused.
    pub(crate) fn takes_kbps(&self, most: u32) -> Option<u32> {
        let waiting = self.lock();
        let takes = waiting.open && !waiting.paused;
        takes.then(|| self.wished_kbps().unwrap_or(most))
    }

    /// Pictures were lost before they came here: it can't go on without a key frame.
    pub(crate) fn needs_key(&self) {
        self.lock().needs_key = true;
        self.wants_key.store(true, Ordering::Release);
    }

    /// A key frame is forced, which serves whoever asked for one.
    pub(crate) fn key_comes(&self) {
        self.wants_key.store(false, Ordering::Release);
        self.wished_key.store(false, Ordering::Release);
    }

    /// The next item, when there is one.
    pub(crate) async fn next(&self) -> Item {
        loop {
            let filled = self.filled.notified();
            if let Some(item) = self.lock().items.pop_front() {
                return item;
            }
            filled.await;
        }
    }

    /// The next item that waits already.
    pub(crate) fn try_next(&self) -> Option<Item> {
        self.lock().items.pop_front()
    }

    pub(crate) fn dropped(&self) -> Dropped {
        self.lock().dropped
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // A panic while it is held loses at worst one item: go on.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use container::flv::TagKind;
    use media::TrackKind;

    fn item(kind: ItemKind, ms: i64) -> Item {
        let (tag_kind, track_kind) = match kind {
            ItemKind::Sound => (TagKind::Audio, TrackKind::Audio),
            _ => (TagKind::Video, TrackKind::Video),
        };
        let at = Timestamp::from_millis(ms);
        let packet = Packet::at(track_kind, at, kind == ItemKind::Key, Bytes::new());
        let tag = Tag {
            kind: tag_kind,
            timestamp: ms as u32,
            data: Bytes::new(),
        };
        Item {
            tag,
            packet,
            unit: None,
            kind,
            stamped: None,
        }
    }

    fn kinds(waiting: &Waiting) -> Vec<(ItemKind, u32)> {
        waiting.items.iter().map(|i| (i.kind, i.tag.timestamp)).collect()
    }

    #[test]
    fn a_destination_begins_with_a_key_frame() {
        let mut waiting = Waiting::default();
        assert!(!waiting.push(item(ItemKind::Picture, 0)));
        assert_eq!((waiting.dropped.line, waiting.dropped.away), (0, 1));
        waiting.open();
        assert!(waiting.push(item(ItemKind::Picture, 33)));
        assert!(waiting.push(item(ItemKind::Sound, 40)));
        assert!(!waiting.push(item(ItemKind::Key, 66)));
        assert!(!waiting.push(item(ItemKind::Sound, 60)), "older than the picture");
        assert!(!waiting.push(item(ItemKind::Sound, 70)));
        assert_eq!(kinds(&waiting), [(ItemKind::Key, 66), (ItemKind::Sound, 70)]);
    }

    #[test]
    fn a_jam_drops_pictures_to_the_next_key_frame_and_never_sound() {
        let mut waiting = Waiting::default();
        waiting.open();
        waiting.push(item(ItemKind::Key, 0));
        waiting.push(item(ItemKind::Sound, 5));
        waiting.push(item(ItemKind::Picture, 1_500));
        assert!(
            waiting.push(item(ItemKind::Picture, 1_533)),
            "a key frame is wanted"
        );
        assert!(waiting.push(item(ItemKind::Picture, 1_566)));
        waiting.push(item(ItemKind::Sound, 1_570));
        assert!(!waiting.push(item(ItemKind::Key, 1_600)));
        let expected = [
            (ItemKind::Sound, 5),
            (ItemKind::Sound, 1_570),
            (ItemKind::Key, 1_600),
        ];
        assert_eq!(kinds(&waiting), expected);
        assert_eq!((waiting.dropped.line, waiting.dropped.away), (4, 0));
    }

    #[test]
    fn sound_goes_on_in_a_jam_whose_key_frame_has_left() {
        let mut waiting = Waiting::default();
        waiting.open();
        waiting.push(item(ItemKind::Key, 0));
        waiting.push(item(ItemKind::Picture, 33));
        assert_eq!(waiting.items.pop_front().unwrap().kind, ItemKind::Key);
        assert!(waiting.push(item(ItemKind::Picture, 1_566)));
        waiting.push(item(ItemKind::Sound, 1_570));
        assert_eq!(
            kinds(&waiting),
            [(ItemKind::Picture, 33), (ItemKind::Sound, 1_570)]
        );
    }

    #[test]
    fn a_pause_stops_pictures_and_not_sound_and_ends_with_a_key_frame() {
        let mut waiting = Waiting::default();
        waiting.open();
        waiting.push(item(ItemKind::Key, 0));
        waiting.pause(true);
        assert!(
            !waiting.push(item(ItemKind::Picture, 33)),
            "no key frame is wanted"
        );
        waiting.push(item(ItemKind::Sound, 40));
        waiting.push(item(ItemKind::Key, 66));
        waiting.pause(false);
        assert!(waiting.push(item(ItemKind::Picture, 99)));
        assert!(!waiting.push(item(ItemKind::Key, 132)));
        let kinds: Vec<_> = kinds(&waiting).into_iter().filter(|k| k.1 > 0).collect();
        assert_eq!(kinds, [(ItemKind::Sound, 40), (ItemKind::Key, 132)]);
        assert_eq!(
            waiting.dropped,
            Dropped {
                line: 2,
                away: 0,
                paused: 2
            }
        );
    }

    #[test]
    fn memory_is_bounded_even_when_nothing_is_taken() {
        let mut waiting = Waiting::default();
        waiting.open();
        waiting.push(item(ItemKind::Key, 0));
        for n in 1..100_000 {
            waiting.push(item(ItemKind::Sound, n * 21));
            waiting.push(item(ItemKind::Picture, n * 33));
        }
        assert!(waiting.items.len() < 600, "{}", waiting.items.len());
    }
}
