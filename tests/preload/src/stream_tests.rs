use super::*;

const START: u64 = 5_000_000_000;
const MS: u64 = 1_000_000;

fn running(frames: u32, seconds: u32, buffers: u32) -> Stream {
    let mut stream = Stream::new();
    for buffer in 0..buffers {
        assert!(stream.queue(buffer, START));
    }
    stream.start(
        Fraction {
            numerator: seconds,
            denominator: frames,
        },
        START,
    );
    stream
}

#[test]
fn frames_come_at_computed_times() {
    let mut stream = running(30_000, 1001, 4);
    let mut last = None;
    for n in 0..3000u64 {
        let Ready::At(time) = stream.ready() else {
            panic!("frame {n} is not due later")
        };
        assert_eq!(time, START + (n + 1) * 1_001_000_000_000 / 30_000);
        assert_eq!(stream.dequeue(time - 1), None);
        let frame = stream.dequeue(time).unwrap();
        assert_eq!((u64::from(frame.sequence), frame.time), (n, time));
        assert!(stream.queue(frame.buffer, time));
        last = Some(frame);
    }
    assert_eq!(last.unwrap().time - START, 100_100 * MS);
}

#[test]
fn a_slow_program_finds_the_frames_that_had_a_buffer() {
    let mut stream = running(100, 1, 2);
    let late = START + 75 * MS;
    let sequences: Vec<_> = std::iter::from_fn(|| stream.dequeue(late))
        .map(|f| f.sequence)
        .collect();
    assert_eq!(sequences, [0, 1]);
    assert_eq!(stream.ready(), Ready::Never);
    stream.queue(0, late);
    assert_eq!(stream.ready(), Ready::At(START + 80 * MS));
    let frame = stream.dequeue(START + 80 * MS).unwrap();
    assert_eq!((frame.sequence, frame.time), (7, START + 80 * MS));
}

#[test]
fn a_buffer_is_in_once() {
    let mut stream = running(10, 1, 1);
    assert!(!stream.queue(0, START));
    let full = START + 100 * MS;
    assert!(!stream.queue(0, full));
    assert_eq!(stream.ready(), Ready::Now);
    assert!(stream.dequeue(full).is_some());
    assert!(!stream.holds(0));
    assert!(stream.queue(0, full));
}

#[test]
fn stopping_gives_every_buffer_back() {
    let mut stream = running(10, 1, 3);
    stream.stop();
    assert!(!stream.is_on() && !stream.holds(1));
    assert_eq!((stream.ready(), stream.dequeue(START * 2)), (Ready::Now, None));
}

#[test]
fn the_frame_after_a_gap_is_the_first_that_is_later() {
    for interval in [(30, 1), (30_000, 1001), (25, 1), (240_000, 1)] {
        let stream = running(interval.0, interval.1, 1);
        for now in (0..2_000_000).map(|n| START + n * 7_919).step_by(997) {
            let frame = stream.due(START, now);
            assert!(stream.time(START, frame) > now);
            assert!(frame == 0 || stream.time(START, frame - 1) <= now);
        }
    }
}

#[test]
fn frames_of_a_stall_are_lost() {
    let mut stream = running(100, 1, 2);
    stream.lose_until(START + 9 * MS);
    assert_eq!(stream.ready(), Ready::At(START + 10 * MS));
    stream.lose_until(START + 75 * MS);
    assert_eq!(stream.ready(), Ready::At(START + 80 * MS));
    assert_eq!(stream.dequeue(START + 80 * MS).unwrap().sequence, 7);
    stream.lose_until(START + 20 * MS);
    assert_eq!(stream.ready(), Ready::At(START + 90 * MS));
    stream.stop();
    stream.lose_until(START * 2);
    assert!(!stream.is_on());
}

#[test]
fn in_the_dark_each_second_frame_comes_at_its_own_time() {
    let mut stream = running(100, 1, 4);
    assert_eq!(stream.dequeue(START + 10 * MS).unwrap().sequence, 0);
    stream.expose_for(2);
    for n in 1..20_u64 {
        let time = START + (2 * n + 1) * 10 * MS;
        assert_eq!(stream.ready(), Ready::At(time));
        let frame = stream.dequeue(time).unwrap();
        assert_eq!((u64::from(frame.sequence), frame.time), (2 * n, time));
        stream.queue(frame.buffer, time);
        stream.expose_for(2);
    }
    stream.expose_for(1);
    let sequence = stream.dequeue(START + 410 * MS).map(|frame| frame.sequence);
    assert_eq!(sequence, Some(40));
}
