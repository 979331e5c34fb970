use super::*;

/// Luminance of a picture as another's decoder reads it.
fn decoded(picture: &[u8]) -> image::GrayImage {
    image::load_from_memory_with_format(picture, image::ImageFormat::Jpeg)
        .unwrap()
        .to_luma8()
}

#[test]
fn a_decoder_reads_the_blocks() {
    // All steps between levels, a width of half a column of colour blocks, a height of half a row.
    let level = |x: u32, y: u32| (x / 8 * 37 + y / 8 * 101) as u8;
    let picture = decoded(&blocks((72, 44), |x, y| (level(x, y), 128, 128)));
    assert_eq!(picture.dimensions(), (72, 44));
    for (x, y, pixel) in picture.enumerate_pixels() {
        assert!(pixel[0].abs_diff(level(x, y)) <= 1, "{x} {y}: {pixel:?}");
    }
}

#[test]
fn colours_lie_where_they_belong() {
    let red = |x: u32, _| if x < 32 { (76, 85, 255) } else { (29, 255, 107) };
    let picture = blocks((64, 16), red);
    let picture = image::load_from_memory(&picture).unwrap().to_rgb8();
    let (left, right) = (picture.get_pixel(5, 5).0, picture.get_pixel(60, 5).0);
    assert!(left[0] > 250 && left[1] < 5 && left[2] < 5, "{left:?}");
    assert!(right[0] < 5 && right[1] < 5 && right[2] > 250, "{right:?}");
}

#[test]
fn a_file_is_split_into_its_whole_pictures() {
    let pictures: Vec<_> = [10, 200, 90]
        .map(|level| blocks((64, 64), |x, _| (x as u8 ^ level, level, 128)))
        .into();
    let mut file = vec![0xff, 0xd8];
    for picture in &pictures {
        file.extend(picture);
        file.extend(b"between");
    }
    file.extend(&pictures[0][..200]);
    let found: Vec<_> = split(&file).into_iter().map(|place| &file[place]).collect();
    assert_eq!(found, pictures);
}

#[test]
fn no_bytes_upset_the_splitting() {
    let picture = blocks((32, 32), |x, y| (x as u8, y as u8, 7));
    for end in 0..picture.len() {
        assert_eq!(split(&picture[..end]), []);
    }
    for at in 0..picture.len() {
        for value in [0, 0xff, 0xd8, 0xd9, 0xda] {
            let mut bytes = picture.clone();
            bytes[at] = value;
            assert!(split(&bytes).iter().all(|place| place.end <= bytes.len()));
        }
    }
}

#[test]
fn tables_and_thumbnails_inside_segments_are_leapt_over() {
    let inner = blocks((16, 16), |_, _| (1, 2, 3));
    let outer = blocks((32, 16), |_, _| (9, 8, 7));
    let mut picture = vec![0xff, 0xd8, 0xff, 0xe1];
    picture.extend((inner.len() as u16 + 2).to_be_bytes());
    picture.extend(&inner);
    picture.extend([0xff]); // a fill byte
    picture.extend(&outer[2..]);
    let found = split(&picture);
    assert_eq!((found.len(), &found[0]), (1, &(0..picture.len())));
}
