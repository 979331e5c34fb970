use std::sync::Mutex;

use bytes::Bytes;
use media::{ColorInfo, PixelFormat, Size, SourceCounters};

use super::*;

/// What a camera does, by hand.
#[derive(Clone, Default)]
struct Hand {
    frame: Arc<Mutex<Option<VideoFrame>>>,
    seen: Arc<AtomicBool>,
    lost: Arc<AtomicBool>,
}

impl VideoSource for Hand {
    fn frame_at(&mut self, _at: Timestamp) -> Option<VideoFrame> {
        self.frame.lock().unwrap().clone()
    }

    fn set_visible(&mut self, visible: bool) {
        self.seen.store(visible, Ordering::Relaxed);
    }

    fn counters(&self) -> SourceCounters {
        SourceCounters::default()
    }
}

impl Hand {
    fn shows(&self, shade: Option<u8>, at: Timestamp) {
        let frame = |shade| {
            let data = Bytes::from(vec![shade; 24]);
            VideoFrame::packed(at, Size::new(4, 4), PixelFormat::Nv12, ColorInfo::BT709, data)
        };
        *self.frame.lock().unwrap() = shade.and_then(frame);
        self.lost.store(shade.is_none(), Ordering::Relaxed);
    }

    fn member(&self, name: &str, backup: Backup) -> Member {
        let lost = Arc::clone(&self.lost);
        Member {
            name: name.into(),
            source: Box::new(self.clone()),
            backup,
            watch: Some(Box::new(move || {
                lost.load(Ordering::Relaxed).then(|| "pulled".to_owned())
            })),
            lamp: Arc::default(),
        }
    }
}

fn shades(cast: &Cast) -> Vec<Option<u8>> {
    cast.frames()
        .iter()
        .map(|f| f.as_ref().map(|f| f.data[0]))
        .collect()
}

fn ms(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

#[test]
fn a_lost_source_is_stood_in_for_as_it_says_and_told_once() {
    let hands: [Hand; 4] = Default::default();
    let image = {
        hands[0].shows(Some(99), ms(0));
        hands[0].frame.lock().unwrap().clone().unwrap()
    };
    let backups = [
        Backup::Last,
        Backup::Nothing,
        Backup::Source(3),
        Backup::Image(image),
    ];
    let names = ["last", "nothing", "source", "image"];
    let members = hands.iter().zip(backups).zip(names);
    let members = members
        .map(|((hand, backup), name)| hand.member(name, backup))
        .collect();
    let (teller, mut news) = Teller::new();
    let mut cast = Cast::new(members, teller);
    cast.look(ms(0), |_| true);
    hands
        .iter()
        .zip(1..)
        .for_each(|(hand, shade)| hand.shows(Some(shade), ms(0)));
    assert!(cast.collect(ms(0), 0) && !cast.collect(ms(33), 1));
    assert_eq!(shades(&cast), [Some(1), Some(2), Some(3), Some(4)]);

    hands[..3].iter().for_each(|hand| hand.shows(None, ms(0)));
    cast.collect(ms(67), 2);
    cast.collect(ms(100), 3);
    assert_eq!(shades(&cast), [Some(1), None, Some(4), Some(4)]);
    hands[3].shows(None, ms(0));
    cast.collect(ms(133), 4);
    assert_eq!(shades(&cast)[3], Some(99));
    let told: Vec<_> = std::iter::from_fn(|| news.try_recv().ok()).collect();
    assert_eq!(told.len(), 4, "{told:?}");
    let lamp = Arc::clone(&cast.members[0].lamp);
    assert_eq!((lamp.live(), lamp.visible()), (false, true));
    let errors: Vec<_> = cast
        .stats()
        .into_iter()
        .map(|s| s.error.map(|e| e.sentence))
        .collect();
    assert_eq!(errors, vec![Some("pulled".to_owned()); 4]);
    let reason = "pulled".to_owned();
    let first = News::Lost {
        source: "last".into(),
        tick: 2,
        reason,
    };
    assert_eq!(told[0], first);

    hands[0].shows(Some(7), ms(160));
    cast.collect(ms(167), 5);
    assert_eq!(shades(&cast)[0], Some(7));
    let back = News::Back {
        source: "last".into(),
        tick: 5,
    };
    assert_eq!(news.try_recv().ok(), Some(back));
    assert_eq!((lamp.live(), lamp.visible()), (true, true));
}

#[test]
fn a_source_sleeps_a_second_after_it_was_last_seen() {
    let hand = Hand::default();
    let mut cast = Cast::new(vec![hand.member("a", Backup::Last)], Teller::new().0);
    cast.look(ms(0), |_| true);
    cast.look(ms(999), |_| false);
    assert!(hand.seen.load(Ordering::Relaxed));
    cast.look(ms(1_000), |_| false);
    assert!(!hand.seen.load(Ordering::Relaxed));
}

#[test]
fn a_scene_waits_for_new_pictures_but_not_for_lost_sources() {
    let hand = Hand::default();
    let mut cast = Cast::new(vec![hand.member("a", Backup::Last)], Teller::new().0);
    cast.look(ms(0), |_| true);
    hand.shows(Some(1), ms(0));
    cast.collect(ms(400), 0);
    assert!(!cast.ready(|_| true) && cast.ready(|_| false));
    hand.shows(Some(1), ms(380));
    cast.collect(ms(433), 1);
    assert!(cast.ready(|_| true));
    hand.shows(None, ms(0));
    cast.collect(ms(467), 2);
    assert!(cast.ready(|_| true));
}

#[test]
fn a_source_that_wakes_up_holds_its_last_picture() {
    let hand = Hand::default();
    let mut cast = Cast::new(vec![hand.member("a", Backup::Nothing)], Teller::new().0);
    cast.look(ms(0), |_| true);
    hand.shows(Some(5), ms(0));
    cast.collect(ms(0), 0);
    hand.shows(None, ms(0));
    hand.lost.store(false, Ordering::Relaxed);
    cast.collect(ms(33), 1);
    assert_eq!(shades(&cast), [Some(5)]);
}
