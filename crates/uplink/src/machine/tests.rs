//! The module's tests, in virtual time.

use std::time::{Duration, Instant};

use super::*;

/// Pictures a second, and looks.
const RATE: f64 = 30.0;
const LOOK: Duration = Duration::from_millis(50);

/// How a computer copes during one look.
#[derive(Clone, Copy, Default)]
struct Load {
    /// Shares of the pictures that are nearly late, late, and wait before an encoder, and are refused there.
    slow: f64,
    late: f64,
    behind: f64,
    refused: f64,
}

/// A computer that carries a show, watched.
struct Computer {
    watch: Watch,
    begin: Instant,
    frames: Frames,
    sums: [f64; 5],
    reading: Reading,
    read: u64,
}

impl Computer {
    fn new() -> Self {
        let begin = Instant::now();
        let sheddable = Sheddable {
            preview: true,
            filters: true,
        };
        Self {
            watch: Watch::default(),
            begin,
            frames: Frames {
                sheddable,
                sent: true,
                ..Frames::new(begin)
            },
            sums: [0.0; 5],
            reading: Reading::new(begin),
            read: 0,
        }
    }

    fn at(&self) -> f64 {
        (self.frames.at - self.begin).as_secs_f64()
    }

    /// Goes on for so many seconds; `load` is asked with the seconds since the begin and what is given up.
    fn run(&mut self, seconds: f64, load: impl Fn(f64, Shed) -> Load) {
        let end = self.at() + seconds;
        while self.at() < end - 1e-9 {
            let Load {
                slow,
                late,
                behind,
                refused,
            } = load(self.at(), self.watch.shed());
            let pictures = RATE * LOOK.as_secs_f64();
            let shares = [1.0, slow, late, behind, refused];
            for (sum, share) in self.sums.iter_mut().zip(shares) {
                *sum += share * pictures;
            }
            let [due, slow, late, behind, refused] = self.sums.map(|sum| (sum + 1e-6) as u64);
            self.frames = Frames {
                at: self.frames.at + LOOK,
                due,
                slow,
                late,
                behind,
                refused,
                drawn: (due - late) as f64 * 0.5,
                ..self.frames
            };
            if self.at() >= self.read as f64 {
                self.read += 1;
                self.reading.at = self.frames.at;
                self.watch.read(self.reading.clone());
            }
            self.watch.look(&self.frames);
        }
    }

    /// When what was done, in seconds.
    fn sheds(&self) -> Vec<(f64, Shed)> {
        let shed = |entry: &Entry| match entry.what {
            Done::Shed { to, .. } => Some(((entry.at - self.begin).as_secs_f64(), to)),
            _ => None,
        };
        self.watch.log().entries().filter_map(shed).collect()
    }

    fn troubles(&self) -> Vec<Trouble> {
        self.watch.troubles().map(|(trouble, _)| trouble).collect()
    }

    /// Reads so for a while: what is the matter then.
    fn reads(&mut self, seconds: f64, change: impl Fn(&mut Reading)) -> Vec<Trouble> {
        self.reading = Reading::new(self.frames.at);
        change(&mut self.reading);
        self.run(seconds, |_, _| Load::default());
        self.troubles()
    }
}

fn strain(is: bool) -> Load {
    strain_of(if is { 0.5 } else { 0.0 })
}

fn strain_of(slow: f64) -> Load {
    Load {
        slow,
        ..Load::default()
    }
}

#[test]
fn a_computer_that_copes_gives_nothing_up() {
    let mut computer = Computer::new();
    // Now and then a picture is late.
    computer.run(600.0, |at, _| Load {
        late: if at % 20.0 < 0.06 { 0.4 } else { 0.0 },
        ..Load::default()
    });
    assert!(computer.watch.log().count() == 0 && computer.watch.losing().is_none());
    assert!((computer.watch.draw() - 0.5).abs() < 0.05);
}

#[test]
fn the_preview_goes_first_and_filters_only_when_that_does_not_help() {
    let mut computer = Computer::new();
    computer.run(20.0, |at, shed| strain(at >= 5.0 && shed < Shed::PreviewStill));
    let steps = computer.sheds();
    let [
        (first, Shed::PreviewSlow),
        (second, Shed::PreviewStill),
        (back, Shed::PreviewSlow),
        ..,
    ] = steps[..]
    else {
        panic!("{steps:?}");
    };
    assert!((5.7..6.3).contains(&first), "{steps:?}");
    assert!((1.4..1.6).contains(&(second - first)), "{steps:?}");
    assert!(back - second >= 10.0, "{steps:?}");

    let mut computer = Computer::new();
    computer.run(20.0, |at, shed| strain(at >= 5.0 && shed < Shed::Filters));
    assert_eq!(computer.sheds()[2].1, Shed::Filters);
}

#[test]
fn what_comes_back_too_early_comes_back_later_the_next_time() {
    let mut computer = Computer::new();
    computer.run(1_800.0, |_, shed| strain(shed == Shed::Nothing));
    let steps = computer.sheds();
    let waits: Vec<f64> = steps.chunks_exact(2).map(|two| two[1].0 - two[0].0).collect();
    assert!((10.0..12.5).contains(&waits[0]), "{waits:?}");
    assert!(
        waits.windows(2).all(|w| w[1] > w[0] * 1.5 || w[1] > 300.0),
        "{waits:?}"
    );
    assert!(waits.iter().all(|wait| *wait < 303.0), "{waits:?}");
    assert!(steps.len() < 20, "{steps:?}");
}

#[test]
fn a_burst_is_no_strain() {
    let mut computer = Computer::new();
    // A scene whose kernels are made: six pictures at once.
    computer.run(60.0, |at, _| strain_of(if at % 15.0 < 0.2 { 1.0 } else { 0.0 }));
    assert!(computer.sheds().is_empty(), "{:?}", computer.sheds());
}

#[test]
fn what_takes_several_steps_back_and_was_too_early_waits_longer_too() {
    let mut computer = Computer::new();
    computer.run(3_600.0, |_, shed| strain(shed < Shed::PreviewStill));
    let steps = computer.sheds();
    let back = steps.windows(2).filter(|w| w[1].1 < w[0].1);
    let waits: Vec<f64> = back.map(|w| w[1].0 - w[0].0).collect();
    assert!(
        waits.windows(2).all(|w| w[1] > w[0] * 1.5 || w[1] > 299.0),
        "{waits:?}"
    );
}

#[test]
fn a_show_that_is_no_longer_sent_has_all_back_at_once() {
    let mut computer = Computer::new();
    computer.run(10.0, |_, _| strain(true));
    assert_eq!(computer.watch.shed(), Shed::Filters);
    computer.frames.sent = false;
    computer.run(0.1, |_, _| strain(true));
    assert_eq!(computer.watch.shed(), Shed::Nothing);
    computer.run(60.0, |_, _| strain(true));
    assert_eq!(computer.watch.shed(), Shed::Nothing);
}

#[test]
fn what_a_system_said_that_says_nothing_any_more_is_forgotten() {
    let mut computer = Computer::new();
    assert_eq!(
        computer.reads(2.0, |reading| reading.disk_free = Some(0)),
        [Trouble::Disk]
    );
    computer.read = u64::MAX;
    computer.run(8.0, |_, _| Load::default());
    assert_eq!(computer.troubles(), [Trouble::Disk]);
    computer.run(4.0, |_, _| Load::default());
    assert_eq!(computer.troubles(), []);
    assert!(computer.watch.reading().is_none());
}

#[test]
fn what_is_not_there_is_not_given_up() {
    let mut computer = Computer::new();
    computer.frames.sheddable = Sheddable::default();
    computer.run(20.0, |_, _| strain(true));
    assert!(computer.sheds().is_empty());
    assert_eq!(computer.troubles(), [Trouble::Graphics]);
    computer.frames.sheddable.filters = true;
    computer.run(2.0, |_, _| strain(true));
    assert_eq!(computer.watch.shed(), Shed::Filters);
    computer.run(11.0, |_, _| strain(false));
    assert_eq!(computer.watch.shed(), Shed::Nothing, "nothing lies between");
}

#[test]
fn why_pictures_are_lost_is_said_by_what_explains_it() {
    let lost = |late, refused| {
        move |_, _| Load {
            late,
            refused,
            ..Load::default()
        }
    };
    let mut computer = Computer::new();
    computer.run(3.0, lost(0.2, 0.0));
    assert_eq!(computer.watch.losing(), Some(Trouble::Graphics));
    let mut computer = Computer::new();
    computer.run(3.0, lost(0.0, 0.2));
    assert_eq!(computer.watch.losing(), Some(Trouble::Encoder));
    assert_eq!(computer.watch.encode(), 1.0);
    (computer.reading.cpu, computer.reading.cpu_own) = (Some(1.0), Some(0.6));
    computer.run(1.0, lost(0.0, 0.2));
    assert_eq!(computer.watch.losing(), Some(Trouble::Busy), "at once");
    computer.reading.memory_free = Some(0.01);
    computer.run(4.0, lost(0.0, 0.2));
    assert_eq!(computer.watch.losing(), Some(Trouble::Memory));
    computer.run(2.0, lost(0.0, 0.0));
    assert_eq!(computer.watch.losing(), None);
}

#[test]
fn each_trouble_begins_and_ends_by_its_table() {
    let mut computer = Computer::new();
    let low = |level, discharging| {
        move |reading: &mut Reading| {
            reading.battery = Some(Battery { level, discharging });
        }
    };
    assert_eq!(computer.reads(2.0, low(0.1, true)), [Trouble::Battery]);
    assert_eq!(computer.reads(2.0, low(0.18, true)), [Trouble::Battery]);
    assert_eq!(computer.reads(2.0, low(0.18, false)), []);
    let disk = |free| move |reading: &mut Reading| reading.disk_free = Some(free);
    assert_eq!(computer.reads(2.0, disk(1 << 29)), [Trouble::Disk]);
    assert_eq!(computer.reads(2.0, disk(3 << 29)), [Trouble::Disk]);
    assert_eq!(computer.reads(2.0, disk(1 << 32)), []);
    assert_eq!(computer.reads(1.0, |r| r.memory_free = Some(0.02)), []);
    assert_eq!(
        computer.reads(4.0, |r| r.memory_free = Some(0.02)),
        [Trouble::Memory]
    );
    assert_eq!(computer.reads(7.0, |r| r.memory_free = Some(0.5)), []);
    assert_eq!(computer.reads(4.0, |r| r.hot = true), [Trouble::Hot]);
    assert_eq!(computer.reads(12.0, |_| {}), []);
    let used =
        |cpu, own| move |reading: &mut Reading| (reading.cpu, reading.cpu_own) = (Some(cpu), Some(own));
    assert_eq!(computer.reads(4.0, used(0.95, 0.5)), [Trouble::Busy]);
    assert_eq!(
        computer.reads(7.0, used(0.95, 0.9)),
        [],
        "that is the show itself"
    );
    let saves = |reading: &mut Reading| (reading.saving, reading.cpu) = (true, Some(0.7));
    assert_eq!(computer.reads(7.0, saves), [Trouble::Saving]);
    assert_eq!(computer.reads(12.0, |r| r.saving = true), []);
    let log = computer.watch.log();
    let found = |entry: &&Entry| matches!(entry.what, Done::Found(_));
    assert_eq!(log.entries().filter(found).count() * 2, log.count() as usize);
}

#[test]
fn uploads_of_others_count_beside_the_shows_own() {
    let mut watch = Watch::default();
    assert!(!watch.is_line_shared(0), "nothing is known");
    watch.others_send(Some(500));
    assert!(watch.is_line_shared(1_900) && !watch.is_line_shared(2_100));
    watch.others_send(Some(200));
    assert!(!watch.is_line_shared(0));
}
