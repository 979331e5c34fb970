use std::io::Write;

use super::*;
use crate::spec;

const SIZE: (u32, u32) = (64, 32);

fn luma(pixels: Pixels, frame: &[u8], x: usize, y: usize) -> u8 {
    match pixels {
        Pixels::Yuyv => frame[(y * 64 + x) * 2],
        Pixels::Nv12 => frame[y * 64 + x],
    }
}

#[test]
fn the_pattern_spells_its_number_and_moves() {
    for pixels in [Pixels::Yuyv, Pixels::Nv12] {
        for sequence in [0, 1, 0x8000_0001, u32::MAX] {
            let frame = Picture::Pattern.frame(pixels, SIZE, sequence).unwrap();
            let read = (0..32).fold(0u32, |n, bit| {
                n << 1 | u32::from(luma(pixels, &frame, bit * 2, 8) > 128)
            });
            assert_eq!(read, sequence);
        }
        let bars: Vec<_> = (0..3)
            .map(|n| Picture::Pattern.frame(pixels, SIZE, n).unwrap())
            .collect();
        for (n, frame) in bars.iter().enumerate() {
            assert_eq!(luma(pixels, frame, 8 * n, 20), 235);
        }
    }
}

#[test]
fn a_file_is_shown_in_a_loop_of_whole_frames() {
    let path = std::env::temp_dir().join(format!("preload-camera-{}.raw", std::process::id()));
    let mut file = File::create(&path).unwrap();
    for n in 0..3u8 {
        file.write_all(&[n; 64 * 32 * 2]).unwrap();
    }
    file.write_all(&[9; 100]).unwrap();
    let text = format!("size=64x32,file={}", path.display());
    let picture = Picture::open(&spec::parse(&text).unwrap()[0]).unwrap();
    let shown: Vec<u8> = (0..7)
        .map(|n| picture.frame(Pixels::Yuyv, SIZE, n).unwrap()[4000])
        .collect();
    assert_eq!(shown, [0, 1, 2, 0, 1, 2, 0]);
    let text = format!("size=640x480,file={}", path.display());
    assert!(Picture::open(&spec::parse(&text).unwrap()[0]).is_err());
    std::fs::remove_file(path).unwrap();
}
