use super::*;
use media::{Plane, Timestamp};

const SIZE: Size = Size::new(96, 64);
/// Colours of a chart: primaries, mixtures, skin, greys.
const CHART: [[u8; 3]; 24] = [
    [115, 82, 68],
    [194, 150, 130],
    [98, 122, 157],
    [87, 108, 67],
    [133, 128, 177],
    [103, 189, 170],
    [214, 126, 44],
    [80, 91, 166],
    [193, 90, 99],
    [94, 60, 108],
    [157, 188, 64],
    [224, 163, 46],
    [56, 61, 150],
    [70, 148, 73],
    [175, 54, 60],
    [231, 199, 31],
    [187, 86, 149],
    [8, 133, 161],
    [255, 255, 255],
    [200, 200, 200],
    [0, 0, 0],
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
];

/// Code values of T.871, clause 7.
fn ycc([r, g, b]: [u8; 3]) -> [u8; 3] {
    let [r, g, b] = [r, g, b].map(f64::from);
    let y = 0.299 * r + 0.587 * g + 0.114 * b;
    [y, 128.0 + (b - y) / 1.772, 128.0 + (r - y) / 1.402].map(|v| v.round() as u8)
}

/// The chart, six patches of 16x16 a row, rows `stride` bytes apart.
fn chart(format: PixelFormat, stride: usize) -> VideoFrame {
    let (w, h) = (SIZE.width as usize, SIZE.height as usize);
    let patch = |x: usize, y: usize| ycc(CHART[y / 16 * 6 + x / 16]);
    let mut data = vec![0; stride * h * 3 / 2];
    for y in 0..h {
        for x in 0..w {
            let [luma, cb, cr] = patch(x, y);
            data[y * stride + x] = luma;
            let (row, column) = (y / 2, x / 2);
            if format == PixelFormat::Nv12 {
                let at = h * stride + row * stride + 2 * column;
                data[at..at + 2].copy_from_slice(&[cb, cr]);
            } else {
                let at = h * stride + row * stride / 2 + column;
                data[at] = cb;
                data[at + h / 2 * stride / 2] = cr;
            }
        }
    }
    let at = |offset, stride| Plane { offset, stride };
    let planes = match format {
        PixelFormat::Nv12 => [at(0, stride), at(h * stride, stride), Plane::default()],
        _ => [
            at(0, stride),
            at(h * stride, stride / 2),
            at(h * stride + h / 2 * stride / 2, stride / 2),
        ],
    };
    VideoFrame {
        pts: Timestamp::ZERO,
        size: SIZE,
        format,
        color: ColorInfo::JPEG,
        data: Bytes::from(data),
        planes,
    }
}

#[test]
fn colours_come_back_as_they_were_also_from_a_part_of_a_larger_picture() {
    let mut encoder = JpegEncoder::new(75);
    for (format, stride) in [
        (PixelFormat::Nv12, 96),
        (PixelFormat::Nv12, 128),
        (PixelFormat::I420, 160),
    ] {
        let jpeg = encoder.encode(&chart(format, stride)).unwrap();
        let shown = image::load_from_memory(&jpeg).unwrap().into_rgb8();
        assert_eq!(shown.dimensions(), (SIZE.width, SIZE.height));
        for (n, wanted) in CHART.iter().enumerate() {
            let (x, y) = (n as u32 % 6 * 16 + 8, n as u32 / 6 * 16 + 8);
            let got = shown.get_pixel(x, y).0;
            assert!(
                got.iter().zip(wanted).all(|(a, b)| a.abs_diff(*b) <= 3),
                "{format:?} {stride}: {got:?}, not {wanted:?}"
            );
        }
    }
}

#[test]
fn another_size_needs_no_other_encoder() {
    let mut encoder = JpegEncoder::new(75);
    let whole = chart(PixelFormat::Nv12, 96);
    let part = VideoFrame {
        size: Size::new(32, 16),
        ..whole.clone()
    };
    for picture in [&whole, &part, &whole] {
        let jpeg = encoder.encode(picture).unwrap();
        let shown = image::load_from_memory(&jpeg).unwrap();
        assert_eq!(
            (shown.width(), shown.height()),
            (picture.size.width, picture.size.height)
        );
    }
}

#[test]
fn what_would_come_out_wrong_is_refused() {
    let mut encoder = JpegEncoder::new(75);
    let right = chart(PixelFormat::Nv12, 96);
    let colour = VideoFrame {
        color: ColorInfo::BT709,
        ..right.clone()
    };
    let sides = VideoFrame {
        size: Size::new(90, 64),
        ..right.clone()
    };
    let short = VideoFrame {
        data: right.data.slice(..4000),
        ..right.clone()
    };
    for picture in [colour, sides, short] {
        let refused = encoder.encode(&picture).unwrap_err();
        assert!(matches!(refused, Error::WrongFormat(_)), "{refused}");
    }
    assert!(encoder.encode(&right).is_ok());
}
