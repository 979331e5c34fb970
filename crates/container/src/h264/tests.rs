use bytes::{BufMut, Bytes, BytesMut};
use media::{ColorInfo, FrameRate, Matrix, Range, Siting, Size};
use proptest::prelude::*;

use super::*;

/// Records that x264 wrote: 1080p30, 160x90 at 29.97 fps, 720p60, all baseline and BT.709; 480p25 High with
/// two B-frames, full range.
const AVCC_1080P30: &str =
    "0142c028ffe1001c6742c028da01e0089f97016a02020280000003008000001e078c195001000468ce0fc8";
const AVCC_90P2997: &str = "0142c00bffe100196742c00bda0a37e4c05a808080a000007d20001d4c01e2855401000468ce0fc8";
const AVCC_720P60: &str =
    "0142c020ffe1001c6742c020da014016ec05a808080a000003000200000300f01e30654001000468ce0fc8";
const AVCC_480P25: &str =
    "0164001effe1001a6764001eacd940a03db016c80000030008000003019078b16cb001000668ebe3cb22c0fdf8f800";

fn hex(text: &str) -> Bytes {
    (0..text.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
        .collect()
}

fn sps(record: &str) -> Sps {
    AvcConfig::parse(&hex(record)).unwrap().first_sps().unwrap()
}

#[test]
fn sizes_are_those_after_cropping() {
    assert_eq!(sps(AVCC_1080P30).size, Size::new(1920, 1080));
    assert_eq!(sps(AVCC_90P2997).size, Size::new(160, 90));
    assert_eq!(sps(AVCC_480P25).size, Size::new(640, 480));
}

#[test]
fn frame_rates_come_from_the_vui_in_lowest_terms() {
    assert_eq!(sps(AVCC_1080P30).frame_rate, Some(FrameRate::whole(30)));
    assert_eq!(sps(AVCC_90P2997).frame_rate, FrameRate::new(30_000, 1001));
    assert_eq!(sps(AVCC_720P60).frame_rate, Some(FrameRate::whole(60)));
}

#[test]
fn profile_level_and_reordering_are_read() {
    let base = sps(AVCC_720P60);
    assert_eq!((base.profile, base.constraints, base.level), (66, 0xc0, 32));
    assert_eq!(base.reorder, Some(0), "baseline has no B-frames");
    let high = sps(AVCC_480P25);
    assert_eq!((high.profile, high.constraints, high.level), (100, 0, 30));
    assert_eq!(
        (high.chroma_format, high.bit_depth_luma, high.bit_depth_chroma),
        (1, 8, 8)
    );
    assert_eq!(high.reorder, Some(2));
}

#[test]
fn colour_is_what_the_vui_says() {
    let hd = sps(AVCC_1080P30);
    assert_eq!(hd.color, ColorInfo::BT709);
    let bt709 = ColorDescription {
        primaries: 1,
        transfer: 1,
        matrix: 1,
    };
    assert_eq!(hd.color_description, Some(bt709));
    let unsaid = sps(AVCC_480P25);
    assert_eq!(unsaid.color_description, None);
    let full_601 = ColorInfo {
        matrix: Matrix::Bt601,
        range: Range::Full,
        siting: Siting::Left,
    };
    assert_eq!(unsaid.color, full_601);
}

#[test]
fn records_are_written_as_they_were_read() {
    for record in [AVCC_1080P30, AVCC_90P2997, AVCC_720P60, AVCC_480P25] {
        let read = AvcConfig::parse(&hex(record)).unwrap();
        assert_eq!(read.to_bytes(), hex(record));
        let made = AvcConfig::from_parameter_sets(&read.sps, &read.pps).unwrap();
        assert_eq!(made, read);
    }
}

#[test]
fn parameters_take_size_and_rate_from_the_first_sps() {
    let record = hex(AVCC_90P2997);
    let p = parameters(&record).unwrap();
    assert_eq!(
        (p.size, p.rate),
        (Size::new(160, 90), FrameRate::new(30_000, 1001))
    );
    assert_eq!(p.config, record);
    let mut two_byte_lengths = record.to_vec();
    two_byte_lengths[4] = 0xfd;
    assert!(matches!(
        parameters(&two_byte_lengths.into()),
        Err(ConfigError::Unsupported(_))
    ));
}

#[test]
fn broken_records_are_refused() {
    let whole = hex(AVCC_480P25);
    for cut in 0..whole.len() - 4 {
        assert!(AvcConfig::parse(&whole.slice(..cut)).is_err(), "cut at {cut}");
    }
    let mut set_of_another_type = whole.to_vec();
    set_of_another_type[8] = 0x68;
    assert!(AvcConfig::parse(&set_of_another_type.into()).is_err());
    assert!(AvcConfig::from_parameter_sets(&[], &[]).is_err());
}

#[test]
fn cropping_more_than_the_picture_is_refused() {
    // Baseline 1.0, one macroblock, cropped by 8 units of 2 pixels from the left: nothing is left over.
    let nal = [0x67, 66, 0, 10, 0b1111_1011, 0b1110_0010, 0b0111_1100];
    assert_eq!(Sps::parse(&nal), Err(ConfigError::Malformed("picture size")));
}

#[test]
fn annex_b_becomes_lengths_and_gives_up_its_parameter_sets() {
    let stream = [
        &[0, 0, 0, 1, 9, 0xf0][..],
        &[0, 0, 0, 1, 0x67, 1, 2],
        &[0, 0, 1, 0x68, 3],
        &[0, 0, 0, 1, 6, 5, 0x80],
        &[0, 0, 1, 0x65, 0xaa, 0, 0, 3, 0, 0, 0, 1, 0x65, 0xbb, 0, 0],
    ]
    .concat();
    let unit = annexb_to_avcc(&stream);
    assert_eq!(unit.sps, [Bytes::from_static(&[0x67, 1, 2])]);
    assert_eq!(unit.pps, [Bytes::from_static(&[0x68, 3])]);
    assert!(unit.key && unit.picture);
    let units: Vec<_> = nal_units(&unit.data).collect();
    assert_eq!(units, [&[6, 5, 0x80][..], &[0x65, 0xaa, 0, 0, 3], &[0x65, 0xbb]]);
    assert!(is_well_formed(&unit.data) && has_idr(&unit.data));
}

#[test]
fn a_length_past_the_end_is_seen() {
    assert!(!is_well_formed(&[0, 0, 0, 2, 0x65]));
    assert!(!is_well_formed(&[0, 0, 0, 1, 0x65, 0]));
    assert!(!is_well_formed(&[0, 0, 0, 1, 6]), "no picture data");
    assert!(is_well_formed(&[0, 0, 0, 1, 0x41]));
    assert_eq!(nal_units(&[255; 9]).count(), 0);
}

proptest! {
    #[test]
    fn no_bytes_make_the_readers_panic(data in proptest::collection::vec(any::<u8>(), 0..400)) {
        let data = Bytes::from(data);
        let _ = (AvcConfig::parse(&data), parameters(&data), Sps::parse(&data));
        let _ = Sps::parse(&[&[0x67][..], &data].concat());
        let unit = annexb_to_avcc(&data);
        prop_assert_eq!(unit.picture, is_well_formed(&unit.data));
    }

    #[test]
    fn a_damaged_sps_gives_a_size_that_can_be_allocated_or_an_error(at in 0usize..26, bit in 0u8..8) {
        let mut nal = AvcConfig::parse(&hex(AVCC_480P25)).unwrap().sps[0].to_vec();
        nal[at] ^= 1 << bit;
        if let Ok(read) = Sps::parse(&nal) {
            prop_assert!(read.size.area() > 0 && read.size.area() <= 16_384 * 16_384);
        }
    }

    #[test]
    fn nal_units_come_back_from_annex_b(
        nals in proptest::collection::vec(proptest::collection::vec(4u8.., 1..20), 1..6),
    ) {
        let mut stream = BytesMut::new();
        let nals: Vec<_> = nals.into_iter().map(|n| [&[0x65][..], &n].concat()).collect();
        for nal in &nals {
            stream.put_u32(1);
            stream.put_slice(nal);
        }
        let unit = annexb_to_avcc(&stream);
        let back: Vec<_> = nal_units(&unit.data).map(<[u8]>::to_vec).collect();
        prop_assert_eq!(back, nals);
    }
}
