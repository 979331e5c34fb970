//! AMF0 to bytes.

use bytes::{BufMut, BytesMut};

use super::{Value, marker};

/// Appends `value` to `out`. Text over 65 535 bytes is written as a long string; a property name over that
/// is cut at a character's boundary.
pub fn encode(value: &Value, out: &mut BytesMut) {
    match value {
        Value::Number(n) => {
            out.put_u8(marker::NUMBER);
            out.put_f64(*n);
        }
        Value::Boolean(b) => out.put_slice(&[marker::BOOLEAN, u8::from(*b)]),
        Value::String(s) => string(s, out),
        Value::Null => out.put_u8(marker::NULL),
        Value::Undefined => out.put_u8(marker::UNDEFINED),
        Value::Object(p) => {
            out.put_u8(marker::OBJECT);
            properties(p, out);
        }
        Value::EcmaArray(p) => {
            out.put_u8(marker::ECMA_ARRAY);
            out.put_u32(p.len() as u32);
            properties(p, out);
        }
        Value::StrictArray(items) => {
            out.put_u8(marker::STRICT_ARRAY);
            out.put_u32(items.len() as u32);
            items.iter().for_each(|v| encode(v, out));
        }
        Value::Date { millis } => {
            out.put_u8(marker::DATE);
            out.put_f64(*millis);
            out.put_i16(0);
        }
    }
}

fn string(s: &str, out: &mut BytesMut) {
    if let Ok(len) = u16::try_from(s.len()) {
        out.put_u8(marker::STRING);
        out.put_u16(len);
        out.put_slice(s.as_bytes());
    } else {
        let text = &s.as_bytes()[..s.len().min(u32::MAX as usize)];
        out.put_u8(marker::LONG_STRING);
        out.put_u32(text.len() as u32);
        out.put_slice(text);
    }
}

fn properties(properties: &[(String, Value)], out: &mut BytesMut) {
    for (key, value) in properties {
        let key = &key[..key.floor_char_boundary(usize::from(u16::MAX))];
        out.put_u16(key.len() as u16);
        out.put_slice(key.as_bytes());
        encode(value, out);
    }
    out.put_slice(&[0, 0, marker::OBJECT_END]);
}
