use super::*;
use bytes::Bytes;
use media::{ColorInfo, Timestamp};
use proptest::prelude::*;

/// A frame of pseudo-random bytes whose rows are `pad` bytes longer than they need be.
fn frame(format: PixelFormat, size: Size, pad: usize, seed: u32) -> VideoFrame {
    let (w, h) = (size.width as usize, size.height as usize);
    let rows = match format {
        PixelFormat::Nv12 => vec![(w, h), (w, h / 2)],
        PixelFormat::I420 => vec![(w, h), (w / 2, h / 2), (w / 2, h / 2)],
        PixelFormat::Yuyv => vec![(2 * w, h)],
        PixelFormat::Rgba8 => vec![(4 * w, h)],
    };
    let (mut planes, mut len) = ([Plane::default(); 3], 0);
    for (plane, (row, rows)) in planes.iter_mut().zip(rows) {
        let stride = row + pad;
        *plane = Plane { offset: len, stride };
        len += stride * rows;
    }
    let mut state = seed | 1;
    let byte = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    VideoFrame {
        pts: Timestamp::ZERO,
        size,
        format,
        color: ColorInfo::BT601,
        data: (0..len).map(byte).collect::<Bytes>(),
        planes,
    }
}

/// Sample `c` (luma, Cb, Cr; or red, green, blue, alpha) of the pixel at `x`, `y`, chroma in its own pixels.
fn sample(f: &VideoFrame, c: usize, x: usize, y: usize) -> u32 {
    let at = |plane: usize, x: usize| u32::from(f.plane(plane)[y * f.planes[plane].stride + x]);
    match (f.format, c) {
        (PixelFormat::Rgba8, c) => at(0, 4 * x + c),
        (PixelFormat::Yuyv, 0) => at(0, 2 * x),
        (PixelFormat::Yuyv, c) => at(0, 4 * x + 2 * c - 1),
        (PixelFormat::Nv12, c) if c > 0 => at(1, 2 * x + c - 1),
        (_, c) => at(c, x),
    }
}

/// The mean of a box, the long way.
fn mean(f: &VideoFrame, c: usize, [x, y]: [usize; 2], [w, h]: [usize; 2]) -> f64 {
    let all = (y..y + h).flat_map(|y| (x..x + w).map(move |x| (x, y)));
    let (mut sum, mut weight) = (0.0, 0.0);
    for (x, y) in all {
        let w = match (f.format, c) {
            (PixelFormat::Rgba8, 0..3) => f64::from(sample(f, 3, x, y)),
            _ => 1.0,
        };
        sum += w * f64::from(sample(f, c, x, y));
        weight += w;
    }
    if weight == 0.0 { 0.0 } else { sum / weight }
}

fn shrunk(from: &VideoFrame, factor: usize) -> Option<VideoFrame> {
    let form = form(from.format, from.size, factor)?;
    let mut out = vec![0; form.len];
    shrink(from, factor, &form, &mut Sums::default(), &mut out)?;
    Some(VideoFrame {
        size: form.size,
        format: form.format,
        planes: form.planes,
        data: Bytes::from(out),
        ..from.clone()
    })
}

fn any_format() -> impl Strategy<Value = PixelFormat> {
    use PixelFormat::{I420, Nv12, Rgba8, Yuyv};
    prop_oneof![Just(Nv12), Just(I420), Just(Yuyv), Just(Rgba8)]
}

proptest! {
    #[test]
    fn each_sample_is_the_mean_of_its_box(format in any_format(), w in 1u32..40, h in 1u32..40, pad in 0usize..5, factor in 1usize..14, seed: u32) {
        let from = frame(format, Size::new(2 * w, 2 * h), pad, seed);
        let Some(small) = shrunk(&from, factor) else {
            prop_assert!(form(format, from.size, factor).is_none());
            return Ok(());
        };
        let (w, h) = (small.size.width as usize, small.size.height as usize);
        for c in 0..if format == PixelFormat::Rgba8 { 4 } else { 3 } {
            let chroma = format != PixelFormat::Rgba8 && c > 0;
            let (w, h) = if chroma { (w / 2, h / 2) } else { (w, h) };
            // Packed 4:2:2 has chroma in each row.
            let high = if chroma && format == PixelFormat::Yuyv { 2 * factor } else { factor };
            for (x, y) in (0..h).flat_map(|y| (0..w).map(move |x| (x, y))) {
                let wanted = mean(&from, c, [x * factor, y * high], [factor, high]);
                let got = f64::from(sample(&small, c, x, y));
                prop_assert!((got - wanted).abs() <= 0.501, "{c} at {x}, {y}: {got}, not {wanted}");
            }
        }
    }

    #[test]
    fn a_frame_of_too_few_bytes_is_refused(format in any_format(), factor in 1usize..4, cut in 1usize..200) {
        let mut from = frame(format, Size::new(24, 24), 0, 1);
        let form = form(format, from.size, factor).unwrap();
        from.data = from.data.slice(..from.data.len() - cut);
        let mut out = vec![0; form.len];
        prop_assert!(shrink(&from, factor, &form, &mut Sums::default(), &mut out).is_none());
    }
}

#[test]
fn the_largest_factor_does_not_overflow() {
    for format in [
        PixelFormat::Nv12,
        PixelFormat::I420,
        PixelFormat::Yuyv,
        PixelFormat::Rgba8,
    ] {
        let mut white = frame(format, Size::new(128, 128), 0, 1);
        white.data = Bytes::from(vec![255; white.data.len()]);
        let small = shrunk(&white, MOST).unwrap();
        assert!(small.data.iter().all(|v| *v == 255), "{format:?}");
    }
}

#[test]
fn nothing_is_left_of_what_is_smaller_than_a_box() {
    assert_eq!(form(PixelFormat::Nv12, Size::new(64, 2), 2), None);
    assert_eq!(form(PixelFormat::Rgba8, Size::new(3, 3), 4), None);
    assert_eq!(form(PixelFormat::I420, Size::new(64, 64), 0), None);
}
