use std::io::Write;

use super::*;
use crate::spec;

const SIZE: (u32, u32) = (64, 32);

fn luma(pixels: Pixels, frame: &[u8], x: usize, y: usize) -> u8 {
    match pixels {
        Pixels::Yuyv => frame[(y * 64 + x) * 2],
        Pixels::Nv12 => frame[y * 64 + x],
        Pixels::Mjpeg => unreachable!(),
    }
}

#[test]
fn the_pattern_spells_its_number_and_moves() {
    for pixels in [Pixels::Yuyv, Pixels::Nv12] {
        for sequence in [0, 1, 0x8000_0001, u32::MAX] {
            let frame = Picture::Pattern.frame(pixels, SIZE, sequence, 0).unwrap();
            let read = (0..32).fold(0u32, |n, bit| {
                n << 1 | u32::from(luma(pixels, &frame, bit * 2, 8) > 128)
            });
            assert_eq!(read, sequence);
        }
        let bars: Vec<_> = (0..3)
            .map(|n| Picture::Pattern.frame(pixels, SIZE, n, 0).unwrap())
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
        .map(|n| picture.frame(Pixels::Yuyv, SIZE, n, 0).unwrap()[4000])
        .collect();
    assert_eq!(shown, [0, 1, 2, 0, 1, 2, 0]);
    let text = format!("size=640x480,file={}", path.display());
    assert!(Picture::open(&spec::parse(&text).unwrap()[0]).is_err());
    std::fs::remove_file(path).unwrap();
}

#[test]
fn a_jpeg_picture_spells_its_number_too() {
    for sequence in [0, 5, 0x8000_0001, 0xa5a5_a5a5] {
        let frame = Picture::Pattern
            .frame(Pixels::Mjpeg, (640, 360), sequence, 0)
            .unwrap();
        assert!(frame.len() < Pixels::Mjpeg.frame_len((640, 360)) as usize / 10);
        let picture = image::load_from_memory(&frame).unwrap().to_luma8();
        let read = (0..32).fold(0u32, |n, bit| {
            n << 1 | u32::from(picture.get_pixel(bit * 20 + 10, 8)[0] > 128)
        });
        assert_eq!(read, sequence);
    }
}

#[test]
fn brightness_moves_the_ramp() {
    let luma = |brighter| {
        let frame = Picture::Pattern.frame(Pixels::Nv12, SIZE, 0, brighter).unwrap();
        (frame[20 * 64 + 32], frame[20 * 64])
    };
    assert_eq!(
        (luma(0), luma(30), luma(-200)),
        ((110, 235), (140, 235), (16, 235))
    );
}

#[test]
fn a_file_of_pictures_is_shown_in_the_mode_it_is_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("two.mjpeg");
    let pictures = [50, 180].map(|level| jpeg::blocks(SIZE, |_, _| (level, 128, 128)));
    std::fs::write(&path, pictures.concat()).unwrap();
    let text = format!("mode=MJPEG:64x32@30,mode=YUYV:64x32@5,file={}", path.display());
    let picture = Picture::open(&spec::parse(&text).unwrap()[0]).unwrap();
    for n in 0..5 {
        let frame = picture.frame(Pixels::Mjpeg, SIZE, n, 0).unwrap();
        assert_eq!(frame, pictures[n as usize % 2]);
    }
    let raw = picture.frame(Pixels::Yuyv, SIZE, 3, 0).unwrap();
    assert_eq!(raw, Picture::Pattern.frame(Pixels::Yuyv, SIZE, 3, 0).unwrap());
}
