//! The media clock as a data message, and the first tag of an HTTP-FLV answer.

use bytes::Bytes;
use media::{MediaClock, ShowId, Utc};

use super::{body, value_named};
use crate::amf0::Value;

/// Name of the data message that carries the media clock to our own server.
pub const CLOCK: &str = "anchorClock";
/// Name of the first script tag of an HTTP-FLV answer.
pub const JOIN: &str = "anchorJoin";
/// Whole numbers up to here survive as AMF0 numbers.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// The body of the message that says when the key frame behind it was composed.
pub fn clock_message(clock: &MediaClock) -> Bytes {
    let properties = vec![
        ("utc".into(), Value::Number(clock.utc.as_micros() as f64)),
        ("show".into(), Value::String(clock.show.to_string())),
        ("gop".into(), Value::Number(clock.gop as f64)),
        ("synchronised".into(), clock.synchronised.into()),
    ];
    body(CLOCK, &Value::Object(properties))
}

/// Reads what [`clock_message`] writes; none when it is something else, or holds numbers that can't be.
pub fn parse_clock(bytes: &[u8]) -> Option<MediaClock> {
    let value = value_named(bytes, CLOCK)?;
    let gop = whole(&value, "gop")?;
    Some(MediaClock {
        utc: Utc(whole(&value, "utc")?),
        show: show_id(value.get("show")?.as_str()?)?,
        gop: u64::try_from(gop).ok()?,
        synchronised: value.get("synchronised")?.as_bool()?,
    })
}

/// What a player is told at the beginning of its own connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Join {
    /// UTC of the first media tag's picture or sound.
    pub utc: Utc,
    /// Timestamp of that tag, in milliseconds.
    pub timestamp: u32,
    /// Whether `utc` was reckoned from arrival times, the publisher having sent none.
    pub estimated: bool,
    /// Whether the publisher's clock was set by a server's.
    pub synchronised: bool,
    /// Whether `utc` means anything.
    pub known: bool,
}

/// The body of the first script tag of an HTTP-FLV answer.
pub fn join_message(join: &Join) -> Bytes {
    let properties = vec![
        ("utc".into(), Value::Number(join.utc.as_micros() as f64)),
        ("timestamp".into(), Value::Number(join.timestamp.into())),
        ("estimated".into(), join.estimated.into()),
        ("synchronised".into(), join.synchronised.into()),
        ("known".into(), join.known.into()),
    ];
    body(JOIN, &Value::Object(properties))
}

/// Reads what [`join_message`] writes.
pub fn parse_join(bytes: &[u8]) -> Option<Join> {
    let value = value_named(bytes, JOIN)?;
    let flag = |key| value.get(key).and_then(Value::as_bool);
    Some(Join {
        utc: Utc(whole(&value, "utc")?),
        timestamp: u32::try_from(whole(&value, "timestamp")?).ok()?,
        estimated: flag("estimated")?,
        synchronised: flag("synchronised")?,
        known: flag("known")?,
    })
}

fn whole(value: &Value, key: &str) -> Option<i64> {
    let n = value.get(key)?.as_number()?;
    (n.abs() <= MAX_EXACT).then_some(n as i64)
}

fn show_id(hex: &str) -> Option<ShowId> {
    let hex = hex.as_bytes();
    if hex.len() != 32 {
        return None;
    }
    let digit = |b: u8| char::from(b).to_digit(16);
    let mut id = [0; 16];
    for (byte, pair) in id.iter_mut().zip(hex.chunks_exact(2)) {
        *byte = (digit(pair[0])? << 4 | digit(pair[1])?) as u8;
    }
    Some(ShowId(id))
}
