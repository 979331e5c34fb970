use super::*;

fn read(ring: &AudioRing, from: i64, instants: usize) -> (Vec<f32>, u64) {
    let mut out = vec![9.0; instants * ring.channels()];
    let missing = ring.read(from, &mut out);
    (out, missing)
}

#[test]
fn the_newest_are_kept_and_what_is_not_there_is_silent_and_counted() {
    let mut ring = AudioRing::new(4, 1);
    assert_eq!(ring.push(&[1.0, 2.0, 3.0], 1), 3);
    assert_eq!(read(&ring, -1, 5), (vec![0.0, 1.0, 2.0, 3.0, 0.0], 2));
    ring.push(&[4.0, 5.0, 6.0], 1);
    assert_eq!(read(&ring, 1, 6), (vec![0.0, 3.0, 4.0, 5.0, 6.0, 0.0], 2));
}

#[test]
fn lost_samples_keep_the_count_and_are_silent() {
    let mut ring = AudioRing::new(4, 1);
    ring.push(&[1.0], 1);
    ring.lose(2);
    ring.push(&[2.0], 1);
    assert_eq!(read(&ring, 0, 4), (vec![1.0, 0.0, 0.0, 2.0], 0));
    ring.lose(1_000);
    assert_eq!((ring.head(), read(&ring, 1_000, 4).0), (1_004, vec![0.0; 4]));
    ring.lose(u64::MAX);
    ring.push(&[3.0], 1);
    assert_eq!(ring.head(), FURTHEST + 1);
}

#[test]
fn sides_are_kept_and_more_channels_are_cut_to_two() {
    let mut ring = AudioRing::new(4, 4);
    assert_eq!(ring.push(&[0.5, -0.5, 9.0, 9.0, 0.25, 0.75, 9.0, 9.0, 1.0], 4), 2);
    assert_eq!(read(&ring, 0, 2), (vec![0.5, -0.5, 0.25, 0.75], 0));
    let mut mono = AudioRing::new(2, 1);
    mono.push(&[0.5, -0.5], 2);
    assert_eq!(read(&mono, 0, 1), (vec![0.5], 0));
}
