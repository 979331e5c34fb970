use super::*;
use crate::device::Devices;
use media::driver::Backend;

const SIZE: Size = Size::new(320, 180);

/// Smooth colours, with edges that lie on the grid of chroma: planes of 4:4:4, full range.
fn picture(size: Size) -> [Vec<u8>; 3] {
    let (w, h) = (size.width as usize, size.height as usize);
    let plane = |value: &dyn Fn(usize, usize) -> usize| {
        (0..w * h).map(|n| value(n % w, n / w).min(255) as u8).collect()
    };
    [
        plane(&|x, y| 20 + 200 * x / w + 20 * y / h),
        plane(&|x, y| 60 + 120 * y / h + 20 * x / w),
        plane(&|x, _| 200 - 150 * x / w),
    ]
}

/// The picture as libjpeg writes it from 4:2:0, 4:2:2 or 4:4:4 at quality 90.
fn encoded(size: Size, format: &str) -> Vec<u8> {
    let jpeg = element::make("jpegenc").unwrap();
    jpeg.set_property("quality", 90i32);
    encoded_by(&jpeg, size, format)
}

/// The picture as ffmpeg writes it from 4:2:2: as luma 2x2 and chroma 1x2.
fn by_ffmpeg(size: Size) -> Vec<u8> {
    let jpeg = element::make("avenc_mjpeg").unwrap();
    jpeg.set_property("bitrate", 40_000_000i32);
    encoded_by(&jpeg, size, "Y42B")
}

fn encoded_by(jpeg: &gst::Element, size: Size, format: &str) -> Vec<u8> {
    let (across, down) = match format {
        "I420" => (2, 2),
        "Y42B" => (2, 1),
        _ => (1, 1),
    };
    let (w, h) = (size.width as usize, size.height as usize);
    let [luma, cb, cr] = picture(size);
    let mut data = luma;
    for plane in [cb, cr] {
        for y in (0..h).step_by(down) {
            for x in (0..w).step_by(across) {
                let all = (0..down).flat_map(|j| (0..across).map(move |i| (i, j)));
                let sum: usize = all.map(|(i, j)| usize::from(plane[(y + j) * w + x + i])).sum();
                data.push(((sum + across * down / 2) / (across * down)) as u8);
            }
        }
    }
    let caps = gst::Caps::builder("video/x-raw")
        .field("format", format)
        .field("width", w as i32)
        .field("height", h as i32)
        .field("framerate", gst::Fraction::new(30, 1))
        .field("colorimetry", "1:4:0:0")
        .build();
    let got = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&got);
    let exit = move |out: Output| {
        *keep.lock().unwrap() = out.buffer.map_readable().unwrap().to_vec();
        Flow::Continue(())
    };
    let chain = Chain::new("jpegenc", &[jpeg], &caps, &gst::Caps::new_any(), exit).unwrap();
    let mut buffer = gst::Buffer::from_mut_slice(data);
    buffer.get_mut().unwrap().set_pts(gst::ClockTime::ZERO);
    chain.push(buffer).unwrap();
    chain.finish().unwrap();
    let jpeg = got.lock().unwrap().clone();
    assert!(!jpeg.is_empty());
    jpeg
}

fn decoded(decoder: &mut JpegDecoder, data: &[u8]) -> Result<Vec<u8>, BadPicture> {
    let mut into = vec![0; PixelFormat::I420.packed_len(decoder.size)];
    decoder.decode(data, &mut into).map(|()| into)
}

/// Mean and largest difference of a decoded picture from the one it was made of.
fn off(size: Size, got: &[u8]) -> (f64, u8) {
    let (w, h) = (size.width as usize, size.height as usize);
    let [luma, cb, cr] = picture(size);
    let mut wanted = luma;
    for plane in [cb, cr] {
        for y in (0..h).step_by(2) {
            for x in (0..w).step_by(2) {
                let sum: usize = [0, 1, w, w + 1]
                    .iter()
                    .map(|n| usize::from(plane[y * w + x + n]))
                    .sum();
                wanted.push(((sum + 2) / 4) as u8);
            }
        }
    }
    let differences: Vec<u8> = wanted.iter().zip(got).map(|(a, b)| a.abs_diff(*b)).collect();
    let mean = differences.iter().map(|d| f64::from(*d)).sum::<f64>() / differences.len() as f64;
    (mean, *differences.iter().max().unwrap())
}

#[test]
fn colours_come_through_whatever_the_sampling() {
    let mut decoder = JpegDecoder::new(SIZE).unwrap();
    for format in ["I420", "Y42B", "Y444"] {
        let got = decoded(&mut decoder, &encoded(SIZE, format)).unwrap();
        let (mean, most) = off(SIZE, &got);
        println!("{format}: mean {mean:.2}, at most {most}");
        assert!(mean < 1.0 && most <= 3, "{format}: mean {mean}, at most {most}");
    }
}

#[test]
fn ffmpegs_way_to_write_half_the_chroma_is_known_too() {
    let mut decoder = JpegDecoder::new(SIZE).unwrap();
    let jpeg = by_ffmpeg(SIZE);
    let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    assert_eq!([11, 14, 17].map(|n| jpeg[frame + n]), [0x22, 0x12, 0x12]);
    let (mean, most) = off(SIZE, &decoded(&mut decoder, &jpeg).unwrap());
    assert!(mean < 1.0 && most <= 8, "mean {mean}, at most {most}");
}

#[test]
fn padding_behind_the_end_is_left_out_and_missing_tables_are_the_usual_ones() {
    let mut decoder = JpegDecoder::new(SIZE).unwrap();
    let jpeg = encoded(SIZE, "Y42B");
    let whole = decoded(&mut decoder, &jpeg).unwrap();
    let mut padded = jpeg.clone();
    padded.extend([0; 5_000]);
    padded.extend(&jpeg[..1_000]);
    assert_eq!(inspect(&padded, SIZE), Ok(jpeg.len()));
    assert_eq!(decoded(&mut decoder, &padded).as_ref(), Ok(&whole));
    let bare = without_tables(&jpeg);
    assert!(bare.len() < jpeg.len());
    assert_eq!(decoded(&mut decoder, &bare).as_ref(), Ok(&whole));
}

/// The picture without its Huffman tables, as many cameras send it.
fn without_tables(jpeg: &[u8]) -> Vec<u8> {
    let (mut at, mut bare) = (2, jpeg[..2].to_vec());
    loop {
        let (marker, after) = marker(jpeg, at).unwrap();
        let end = after + 2 + segment(jpeg, after).unwrap().len();
        if marker != 0xc4 {
            bare.extend(&jpeg[at..end]);
        }
        at = end;
        if marker == 0xda {
            bare.extend(&jpeg[at..]);
            return bare;
        }
    }
}

#[test]
fn broken_pictures_are_refused_and_the_next_one_is_well() {
    let mut decoder = JpegDecoder::new(SIZE).unwrap();
    let jpeg = encoded(SIZE, "I420");
    let whole = decoded(&mut decoder, &jpeg).unwrap();
    for cut in [0, 1, 2, 20, 200, jpeg.len() / 2, jpeg.len() - 1] {
        assert_eq!(
            decoded(&mut decoder, &jpeg[..cut]),
            Err(BadPicture::Broken),
            "{cut}"
        );
    }
    for seed in 0..300u64 {
        let mut spoilt = jpeg.clone();
        let mut state = seed;
        for _ in 0..8 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let place = (state >> 33) as usize % spoilt.len();
            spoilt[place] = state as u8;
        }
        // Some are refused and some show something: none ends anything.
        let _ = decoded(&mut decoder, &spoilt);
    }
    assert_eq!(decoded(&mut decoder, &jpeg).as_ref(), Ok(&whole));
}

#[test]
fn a_picture_of_another_size_is_refused_before_it_is_decoded() {
    let jpeg = encoded(SIZE, "I420");
    assert_eq!(inspect(&jpeg, Size::new(640, 360)), Err(BadPicture::WrongSize));
    let header = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    let mut bomb = jpeg.clone();
    bomb[header + 5..header + 9].copy_from_slice(&[0xff; 4]);
    assert_eq!(Devices.inspect(&bomb, SIZE), Err(BadPicture::WrongSize));
    let mut progressive = jpeg;
    progressive[header + 1] = 0xc2;
    assert_eq!(inspect(&progressive, SIZE), Err(BadPicture::Broken));
    assert!(JpegDecoder::new(Size::new(321, 180)).is_err());
}
