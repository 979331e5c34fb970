//! Bodies of script tags: a name in AMF0, then what belongs to it (annex E.4.4).

mod clock;
mod metadata;

use bytes::{Bytes, BytesMut};

use crate::amf0::{self, Limits, Value};

pub use clock::{CLOCK, JOIN, Join, clock_message, join_message, parse_clock, parse_join};
pub use metadata::{METADATA, Metadata, on_metadata, parse_metadata};

/// The name a script tag begins with; none when it doesn't begin with text.
pub fn name(body: &[u8]) -> Option<String> {
    match amf0::decode(&mut &body[..], &Limits::default()) {
        Ok(Value::String(name)) => Some(name),
        _ => None,
    }
}

/// The value that follows the name, when the name is `expected`.
fn value_named(body: &[u8], expected: &str) -> Option<Value> {
    let mut input = body;
    let limits = Limits::default();
    let name = amf0::decode(&mut input, &limits).ok()?;
    if name.as_str() != Some(expected) {
        return None;
    }
    amf0::decode(&mut input, &limits).ok()
}

fn body(name: &str, value: &Value) -> Bytes {
    let mut out = BytesMut::new();
    amf0::encode(&name.into(), &mut out);
    amf0::encode(value, &mut out);
    out.freeze()
}
