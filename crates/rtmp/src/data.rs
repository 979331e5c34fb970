//! Data messages: script tags on their way.

use bytes::{Bytes, BytesMut};
use container::amf0::{self, Limits, Value};
use container::flv::script;
use media::MediaClock;

use crate::Error;

/// What publishers put before `onMetaData`, so that servers keep it for players that come later.
const SET_DATA_FRAME: &str = "@setDataFrame";
/// Takes it back.
const CLEAR_DATA_FRAME: &str = "@clearDataFrame";

/// What a data message was.
pub(crate) enum Data {
    /// The body of a script tag, `@setDataFrame` taken off.
    Script(Bytes),
    /// The media clock.
    Clock(MediaClock),
    /// Nothing to pass on.
    Nothing,
}

/// Reads a data message's AMF0. One that can't be read is nothing: encoders write odd ones, and a show doesn't
/// end for that.
///
/// # Errors
/// [`Error::Amf`] when it goes over a limit.
pub(crate) fn parse(payload: &Bytes, limits: &Limits) -> Result<Data, Error> {
    match amf0::decode_all(payload, limits) {
        Ok(values) => Ok(classify(payload, &values)),
        Err(amf0::Error::Truncated | amf0::Error::Marker(_)) => Ok(Data::Nothing),
        Err(limit) => Err(limit.into()),
    }
}

fn classify(payload: &Bytes, values: &[Value]) -> Data {
    match values.first().and_then(Value::as_str) {
        Some(SET_DATA_FRAME) => Data::Script(payload.slice(3 + SET_DATA_FRAME.len()..)),
        Some(script::CLOCK) => script::parse_clock(payload).map_or(Data::Nothing, Data::Clock),
        None | Some(CLEAR_DATA_FRAME) => Data::Nothing,
        Some(_) => Data::Script(payload.clone()),
    }
}

/// The payload of a data message for a script tag's body: `onMetaData` goes behind `@setDataFrame`.
pub(crate) fn payload(body: &Bytes) -> Bytes {
    if script::name(body).as_deref() != Some(script::METADATA) {
        return body.clone();
    }
    let mut out = BytesMut::with_capacity(3 + SET_DATA_FRAME.len() + body.len());
    amf0::encode(&SET_DATA_FRAME.into(), &mut out);
    out.extend_from_slice(body);
    out.freeze()
}
