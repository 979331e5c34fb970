//! What callers by SRT say they want.

use srt::StreamId;
use srt::stream_id::Error;

use crate::target::{Parser, Seen, Target};

pub(super) const TARGET: Target = Target {
    name: "srt-stream-id",
    corpus: "srt-stream-id",
    marker: "it is text that fits, in a syntax that is known",
    memory: 64 << 10,
    split: |bytes| bytes.split(|&byte| byte == b',').map(<[u8]>::to_vec).collect(),
    join: |parts| parts.join(&b','),
    opening: |_| 0,
    words: &[
        "#!::",
        "r=",
        "m=publish",
        "m=request",
        "u=",
        "h=",
        "s=",
        "t=stream",
        "publish:",
        "read:",
        ":",
        "=",
        ",",
    ],
    parser: || Box::new(read) as Box<dyn Parser>,
};

fn read(input: &[u8]) -> Seen {
    let Ok(text) = std::str::from_utf8(input) else {
        return Seen {
            past: false,
            refused: true,
        };
    };
    let read = StreamId::parse(text);
    if let Ok(id) = &read
        && let Some(pairs) = id.to_pairs()
    {
        let again = StreamId::parse(&pairs);
        assert!(again == Ok(*id), "what is said again is what was said");
    }
    Seen {
        past: !matches!(read, Err(Error::TooLong | Error::Control | Error::Syntax)),
        refused: read.is_err(),
    }
}
