use proptest::prelude::*;

use super::super::kind;
use super::*;

/// The sections that ffmpeg 5.1 writes for H.264 and AAC, program 1.
const PAT_FFMPEG: &[u8] = b"\x00\xb0\x0d\x00\x01\xc1\x00\x00\x00\x01\xf0\x00\x2a\xb1\x04\xb2";
const PMT_FFMPEG: &[u8] =
    b"\x02\xb0\x17\x00\x01\xc1\x00\x00\xe1\x00\xf0\x00\x1b\xe1\x00\xf0\x00\x0f\xe1\x01\xf0\x00\x2f\x44\xb9\x9b";

const PROGRAM: ProgramEntry = ProgramEntry {
    number: 1,
    map_pid: 0x1000,
};

#[test]
fn tables_are_those_that_ffmpeg_writes() {
    assert_eq!(pat(1, PROGRAM, 0), PAT_FFMPEG);
    let streams = [
        (kind::H264, 0x100, Bytes::new()),
        (kind::AAC, 0x101, Bytes::new()),
    ];
    assert_eq!(pmt(1, 0, 0x100, &streams), PMT_FFMPEG);
}

#[test]
fn tables_are_read() {
    let section = Section::parse(PAT_FFMPEG).unwrap().unwrap();
    let programs: Vec<_> = section.programs().unwrap().collect();
    assert_eq!((programs, section.map()), (vec![PROGRAM], None));
    let section = Section::parse(PMT_FFMPEG).unwrap().unwrap();
    assert!(section.programs().is_none());
    let expected = ProgramMap {
        number: 1,
        pcr_pid: 0x100,
        streams: vec![(0x100, StreamKind::H264), (0x101, StreamKind::Aac)],
    };
    assert_eq!(section.map(), Some(expected));
}

#[test]
fn damaged_and_future_sections_are_not_read() {
    let mut damaged = PMT_FFMPEG.to_vec();
    damaged[9] ^= 1;
    assert_eq!(Section::parse(&damaged), Err(BadCrc));
    let mut future = PMT_FFMPEG[..PMT_FFMPEG.len() - CRC].to_vec();
    future[5] = 0xc0;
    future.put_u32(crc32(&future));
    assert_eq!(Section::parse(&future), Ok(None));
    assert_eq!(Section::parse(&PAT_FFMPEG[..9]), Ok(None));
}

#[test]
fn the_network_is_no_program() {
    let network = ProgramEntry {
        number: 0,
        map_pid: 0x10,
    };
    let section = pat(1, network, 3);
    let read = Section::parse(&section).unwrap().unwrap();
    assert_eq!((read.programs().unwrap().count(), read.version), (0, 3));
}

proptest! {
    #[test]
    fn no_map_panics(mut body in proptest::collection::vec(any::<u8>(), 0..60)) {
        let mut whole = PMT_FFMPEG[..8].to_vec();
        whole.append(&mut body);
        whole.put_u32(crc32(&whole));
        let read = Section::parse(&whole).unwrap().unwrap();
        if let Some(map) = read.map() {
            prop_assert!(map.streams.len() <= 12 && map.pcr_pid < 0x2000);
        }
    }
}
