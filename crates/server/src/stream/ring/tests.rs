use super::*;

const LAG: Duration = Duration::from_secs(8);

struct Bench {
    ring: Ring,
    start: Instant,
    count: u8,
}

impl Bench {
    fn new() -> Self {
        Self {
            ring: Ring::new(1_000),
            start: Instant::now(),
            count: 0,
        }
    }

    fn at(&self, seconds: u64) -> Instant {
        self.start + Duration::from_secs(seconds)
    }

    /// A batch of two tags and 100 bytes, each its number; a key frame when `version` is given.
    fn push(&mut self, seconds: u64, version: Option<u64>) {
        self.push_as(seconds, version, true);
    }

    fn push_as(&mut self, seconds: u64, version: Option<u64>, key: bool) {
        let start = version.map(|version| Start {
            key,
            opening: Bytes::from_static(b"opening"),
            further: Bytes::new(),
            version,
            tracks: (true, true),
            ms: 0,
        });
        self.ring.push(Batch {
            tags: Tags::new(Bytes::from(vec![self.count; 100]), Bytes::new()),
            count: 2,
            at: self.at(seconds),
            start,
        });
        self.count += 1;
    }

    fn read(&self, cursor: &mut Cursor, seconds: u64) -> (char, Option<u8>) {
        match self.ring.read(cursor, self.at(seconds), LAG) {
            Read::Open(_, b) => ('o', Some(b.flv(false)[0])),
            Read::Again(_, b) => ('a', Some(b.flv(false)[0])),
            Read::Go(b) => ('g', Some(b.flv(false)[0])),
            Read::Wait => ('w', None),
        }
    }
}

#[test]
fn a_reader_begins_at_the_newest_key_frame_and_reads_on() {
    let (mut bench, mut cursor) = (Bench::new(), Cursor::default());
    bench.push(0, None);
    assert_eq!(bench.read(&mut cursor, 0), ('w', None), "no key frame yet");
    for version in [Some(1), None, Some(1), None] {
        bench.push(0, version);
    }
    assert_eq!(bench.read(&mut cursor, 0), ('o', Some(3)));
    assert_eq!(bench.read(&mut cursor, 0), ('g', Some(4)));
    assert_eq!(bench.read(&mut cursor, 0), ('w', None));
    bench.push(0, Some(1));
    assert_eq!(bench.read(&mut cursor, 0), ('g', Some(5)));
    assert_eq!(cursor.skips, 0);
}

#[test]
fn who_falls_out_goes_on_at_the_newest_key_frame_and_is_counted() {
    let (mut bench, mut cursor) = (Bench::new(), Cursor::default());
    bench.push(0, Some(1));
    assert_eq!(bench.read(&mut cursor, 0), ('o', Some(0)));
    for n in 1..20 {
        bench.push(0, (n == 15).then_some(1));
    }
    assert_eq!(bench.read(&mut cursor, 0), ('g', Some(15)));
    assert_eq!(
        (cursor.skips, cursor.skipped),
        (1, 28),
        "batches 1 to 14, two tags each"
    );
}

#[test]
fn who_falls_out_while_no_key_frame_is_held_waits_for_one() {
    let (mut bench, mut cursor) = (Bench::new(), Cursor::default());
    bench.push(0, Some(1));
    assert_eq!(bench.read(&mut cursor, 0), ('o', Some(0)));
    for _ in 1..20 {
        bench.push(0, None);
    }
    assert_eq!(bench.read(&mut cursor, 0), ('w', None));
    bench.push(0, Some(1));
    assert_eq!(bench.read(&mut cursor, 0), ('g', Some(20)));
    assert_eq!(cursor.skipped, 38);
}

#[test]
fn who_lags_in_time_goes_on_at_the_newest_key_frame_if_there_is_a_newer_one() {
    let (mut bench, mut cursor) = (Bench::new(), Cursor::default());
    bench.push(0, Some(1));
    bench.push(1, None);
    assert_eq!(
        bench.read(&mut cursor, 20),
        ('o', Some(0)),
        "old, but the newest there is"
    );
    assert_eq!(bench.read(&mut cursor, 20), ('g', Some(1)));
    bench.push(21, None);
    bench.push(22, Some(1));
    assert_eq!(bench.read(&mut cursor, 29), ('g', Some(2)));
    bench.push(23, None);
    bench.push(30, Some(1));
    assert_eq!(bench.read(&mut cursor, 31), ('g', Some(5)));
    assert_eq!((cursor.skips, cursor.skipped), (1, 4));
}

#[test]
fn who_skips_over_a_change_of_configuration_gets_the_new_one() {
    let (mut bench, mut cursor) = (Bench::new(), Cursor::default());
    bench.push(0, Some(1));
    assert_eq!(bench.read(&mut cursor, 0), ('o', Some(0)));
    for n in 1..20 {
        bench.push(0, (n == 15).then_some(2));
    }
    assert_eq!(bench.read(&mut cursor, 0), ('a', Some(15)));
    assert_eq!(bench.read(&mut cursor, 0), ('g', Some(16)));
}

#[test]
fn a_change_between_key_frames_reaches_those_who_read_but_nobody_begins_there() {
    let mut bench = Bench::new();
    let (mut old, mut new) = (Cursor::default(), Cursor::default());
    bench.push(0, Some(1));
    assert_eq!(bench.read(&mut old, 0), ('o', Some(0)));
    bench.push_as(0, Some(2), false);
    assert_eq!(bench.read(&mut old, 0), ('a', Some(1)));
    assert_eq!(bench.read(&mut new, 0), ('o', Some(0)));
}

#[test]
fn between_sessions_readers_read_on_but_nobody_begins() {
    let mut bench = Bench::new();
    let (mut old, mut new) = (Cursor::default(), Cursor::default());
    bench.push(0, Some(1));
    bench.push(0, None);
    assert_eq!(bench.read(&mut old, 0), ('o', Some(0)));
    bench.ring.forget_starts();
    assert_eq!(bench.read(&mut old, 0), ('g', Some(1)));
    assert_eq!(bench.read(&mut new, 0), ('w', None));
    bench.push(1, Some(2));
    assert_eq!(bench.read(&mut new, 1), ('o', Some(2)));
}

#[test]
fn who_came_before_a_key_frame_begins_with_it_however_late_it_reads() {
    let mut bench = Bench::new();
    let mut early = bench.ring.cursor(false);
    bench.push(0, None);
    bench.push(0, Some(1));
    let mut between = bench.ring.cursor(false);
    for version in [None, Some(1), None] {
        bench.push(0, version);
    }
    assert_eq!(bench.read(&mut early, 0), ('o', Some(1)));
    assert_eq!(bench.read(&mut between, 0), ('o', Some(1)));
    assert_eq!(bench.read(&mut early, 0), ('g', Some(2)));
    let mut late = bench.ring.cursor(false);
    assert_eq!(bench.read(&mut late, 0), ('o', Some(3)));

    // What was of another session isn't begun with.
    let mut before = bench.ring.cursor(false);
    bench.ring.forget_starts();
    assert_eq!(bench.read(&mut before, 0), ('w', None));
    bench.push(1, Some(2));
    assert_eq!(bench.read(&mut before, 1), ('o', Some(5)));
}

#[test]
fn bytes_are_bounded() {
    let mut bench = Bench::new();
    for _ in 0..100 {
        bench.push(0, None);
    }
    assert_eq!((bench.ring.bytes, bench.ring.batches.len()), (1_000, 10));
    bench.ring.clear();
    assert_eq!((bench.ring.bytes, bench.ring.batches.len()), (0, 0));
}

#[test]
fn what_went_out_together_is_read_as_one_piece() {
    let mut bench = Bench::new();
    bench.push(0, Some(1));
    let (mut together, mut single) = (bench.ring.cursor(true), bench.ring.cursor(false));
    bench.ring.bunch();
    assert_eq!(bench.read(&mut together, 0), ('o', Some(0)));
    assert_eq!(bench.read(&mut single, 0), ('o', Some(0)));
    (0..3).for_each(|_| bench.push(0, None));
    bench.ring.bunch();
    let Read::Go(piece) = bench.ring.read(&mut together, bench.at(0), LAG) else {
        panic!("there is a piece");
    };
    let expected = [[1; 100], [2; 100], [3; 100]].concat();
    assert_eq!(piece.flv(false), &expected);
    assert_eq!(bench.read(&mut together, 0), ('w', None));
    assert_eq!(together.tag, 8, "two tags a batch");
    assert_eq!(
        [1, 2, 3].map(|_| bench.read(&mut single, 0)),
        [('g', Some(1)), ('g', Some(2)), ('g', Some(3))]
    );
    // One alone is itself.
    bench.push(0, None);
    bench.ring.bunch();
    assert_eq!(bench.read(&mut together, 0), ('g', Some(4)));
    assert_eq!(bench.read(&mut together, 0), ('w', None));
}

#[test]
fn readers_in_bunches_come_to_each_change_of_configurations() {
    let mut bench = Bench::new();
    bench.push(0, Some(1));
    let mut together = bench.ring.cursor(true);
    bench.ring.bunch();
    assert_eq!(bench.read(&mut together, 0), ('o', Some(0)));
    bench.push(0, None);
    bench.push_as(0, Some(2), false);
    bench.ring.bunch();
    let read = [1, 2, 3].map(|_| bench.read(&mut together, 0));
    assert_eq!(read, [('g', Some(1)), ('a', Some(2)), ('w', None)]);
    // At the head of a bunch it stands before the whole piece; another key frame changes nothing.
    bench.push(0, Some(3));
    bench.push(0, Some(3));
    bench.ring.bunch();
    assert_eq!(bench.read(&mut together, 0), ('a', Some(3)));
    assert_eq!(bench.read(&mut together, 0), ('w', None));
}

#[test]
fn who_comes_between_reads_single_batches_until_it_is_in_step() {
    let mut bench = Bench::new();
    bench.push(0, None);
    bench.push(0, Some(1));
    bench.push(0, None);
    bench.ring.bunch();
    let mut between = bench.ring.cursor(true);
    assert_eq!(bench.read(&mut between, 0), ('o', Some(1)));
    assert_eq!(bench.read(&mut between, 0), ('g', Some(2)));
    bench.push(0, None);
    bench.push(0, None);
    bench.ring.bunch();
    assert_eq!(bench.read(&mut between, 0), ('g', Some(3)));
    assert_eq!(bench.read(&mut between, 0), ('w', None));
    // What fell out of the ring can't be a part of a piece.
    (0..20).for_each(|_| bench.push(0, None));
    bench.ring.bunch();
    let mut late = bench.ring.cursor(true);
    bench.push(0, Some(1));
    assert_eq!(bench.read(&mut late, 0), ('o', Some(25)));
}
