use super::*;
use crate::jpeg;

#[test]
fn raw_frames_lose_their_end() {
    let mut frame = vec![7; 64];
    shorten(&mut frame);
    assert_eq!(frame, [7; 31]);
    let lengths: Vec<_> = (0..5)
        .map(|sequence| {
            let mut frame = vec![7; 60];
            spoil(Pixels::Nv12, sequence, &mut frame);
            frame.len()
        })
        .collect();
    assert_eq!(lengths, [0, 20, 1, 20, 1]);
    let mut nothing = Vec::new();
    shorten(&mut nothing);
    assert!(nothing.is_empty());
}

#[test]
fn pictures_are_spoilt_in_every_way() {
    let whole = jpeg::blocks((64, 32), |x, y| ((x + y) as u8, 100, 150));
    let spoilt: Vec<_> = (0..10)
        .map(|sequence| {
            let mut frame = whole.clone();
            spoil(Pixels::Mjpeg, sequence, &mut frame);
            frame
        })
        .collect();
    let size = |frame: &[u8]| {
        let at = frame.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap() + 5;
        frame[at..at + 4].to_vec()
    };
    assert_eq!(spoilt[0], []);
    assert_ne!(spoilt[1][..3], whole[..3]);
    assert_eq!(spoilt[2], whole[..whole.len() * 2 / 3]);
    assert_eq!(
        (&spoilt[3][..2], &spoilt[3][whole.len() - 2..]),
        (&[0xff, 0xd8][..], &[0xff, 0xd9][..])
    );
    assert_eq!(size(&spoilt[4]), [0xff; 4]);
    assert_eq!(size(&spoilt[9]), [0, 32, 0, 128]);
    assert_eq!(size(&whole), [0, 32, 0, 64]);
}
