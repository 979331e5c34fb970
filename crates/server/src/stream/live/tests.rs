use container::flv::script::parse_join;
use container::flv::{self, audio};

use super::*;

/// AAC-LC, 48 kHz, stereo (ISO/IEC 14496-3, 1.6.2.1).
const AAC: [u8; 2] = [0x11, 0x90];

fn at(begin: Instant, ms: u64) -> Arrival {
    Arrival {
        now: begin + Duration::from_millis(ms),
        utc: Utc(1_000_000_000_000 + ms as i64 * 1_000),
    }
}

#[test]
fn the_time_of_day_comes_again_every_half_minute() {
    let begin = Instant::now();
    let mut live = Live::new(&config::Stream::default(), begin);
    live.begin_session(begin);
    let tag = |timestamp, data| Tag {
        kind: TagKind::Audio,
        timestamp,
        data,
    };
    live.take(&tag(0, audio::sequence_header(&AAC)), at(begin, 0));
    let (mut cursor, mut reader) = (Cursor::default(), flv::Reader::new());
    reader.push(&flv::header(false, true));
    let mut joins = Vec::new();
    for ms in (0..70_000).step_by(20) {
        let arrival = at(begin, u64::from(ms));
        live.take(&tag(ms, audio::frame(&[0x21, 0x10, 4])), arrival);
        while let Read::Open(_, bytes) | Read::Again(_, bytes) | Read::Go(bytes) =
            live.read(&mut cursor, arrival.now)
        {
            reader.push(bytes.flv(false));
        }
        while let Some(tag) = reader.next_tag().unwrap() {
            joins.extend(parse_join(&tag.data).filter(|_| tag.kind == TagKind::Script));
        }
    }
    assert_eq!(joins.len(), 2, "{joins:?}");
    for join in joins {
        assert!(join.known && join.estimated);
        // The stream's line begins at one second.
        let since = i64::from(join.timestamp) - 1_000;
        assert_eq!(join.utc.as_micros() - 1_000_000_000_000, since * 1_000);
    }
}
