//! Values in AMF0, and the script tags that are made of them.

use bytes::BytesMut;
use container::amf0::{Limits, Value, decode, decode_all, encode};
use container::flv::script;

use super::rtmp_messages::WORDS;
use crate::target::{Parser, Seen, Target, concat, first};

pub(super) const TARGET: Target = Target {
    name: "amf0",
    corpus: "amf0",
    marker: "a value was read",
    // 64 KiB of text, and 1024 values with their names.
    memory: 1 << 20,
    split,
    join: concat,
    opening: first,
    words: WORDS,
    parser: || Box::new(read) as Box<dyn Parser>,
};

fn split(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (mut rest, mut values) = (bytes, Vec::new());
    while !rest.is_empty() {
        let whole = rest;
        if decode(&mut rest, &Limits::default()).is_err() {
            rest = &[];
        }
        values.push(whole[..whole.len() - rest.len()].to_vec());
    }
    values
}

fn read(input: &[u8]) -> Seen {
    let limits = Limits::default();
    let read = decode_all(input, &limits);
    if let Ok(values) = &read {
        assert!(values.len() <= limits.nodes);
        assert!(values.iter().map(depth).max() <= Some(limits.depth));
        come_back(values, &limits);
    }
    let _ = (script::name(input), script::parse_metadata(input));
    let _ = (script::parse_clock(input), script::parse_join(input));
    Seen {
        past: decode(&mut &input[..], &limits).is_ok(),
        refused: read.is_err(),
    }
}

/// What was read is written, read and written again: the same. As text that isn't UTF-8 gets longer, it may be too long
/// by now.
fn come_back(values: &[Value], limits: &Limits) {
    let once = written(values);
    if let Ok(values) = decode_all(&once, limits) {
        assert_eq!(written(&values), once);
    }
}

/// Objects and arrays within one another.
fn depth(value: &Value) -> usize {
    let inner = match value {
        Value::Object(named) | Value::EcmaArray(named) => named.iter().map(|(_, value)| depth(value)).max(),
        Value::StrictArray(values) => values.iter().map(depth).max(),
        _ => return 0,
    };
    1 + inner.unwrap_or(0)
}

fn written(values: &[Value]) -> BytesMut {
    let mut out = BytesMut::new();
    values.iter().for_each(|value| encode(value, &mut out));
    out
}
