use bytes::{BufMut, BytesMut};
use proptest::prelude::*;

use super::*;

fn bytes_of(value: &Value) -> BytesMut {
    let mut out = BytesMut::new();
    encode(value, &mut out);
    out
}

fn nested(levels: usize) -> Vec<u8> {
    let mut bytes = vec![];
    for _ in 0..levels {
        bytes.extend([marker::OBJECT, 0, 1, b'a']);
    }
    bytes.push(marker::NULL);
    for _ in 0..levels {
        bytes.extend([0, 0, marker::OBJECT_END]);
    }
    bytes
}

#[test]
fn a_connect_command_is_written_as_the_specification_says() {
    let mut out = bytes_of(&"connect".into());
    encode(&1.0.into(), &mut out);
    encode(&Value::Object(vec![("app".into(), "live".into())]), &mut out);
    let expected = b"\x02\0\x07connect\0\x3f\xf0\0\0\0\0\0\0\x03\0\x03app\x02\0\x04live\0\0\x09";
    assert_eq!(&out[..], expected);
}

#[test]
fn decode_moves_behind_one_value_and_leaves_the_rest() {
    let mut out = bytes_of(&"a".into());
    encode(&true.into(), &mut out);
    let mut input = &out[..];
    assert_eq!(
        decode(&mut input, &Limits::default()).unwrap().as_str(),
        Some("a")
    );
    assert_eq!(
        decode(&mut input, &Limits::default()).unwrap().as_bool(),
        Some(true)
    );
    assert_eq!(decode(&mut input, &Limits::default()), Err(Error::Truncated));
}

#[test]
fn depth_is_limited_to_16() {
    assert!(decode_all(&nested(16), &Limits::default()).is_ok());
    assert_eq!(decode_all(&nested(17), &Limits::default()), Err(Error::Depth));
    assert_eq!(decode_all(&nested(15_000), &Limits::default()), Err(Error::Depth));
}

#[test]
fn nodes_are_limited_to_1024() {
    let limits = Limits::default();
    assert_eq!(
        decode_all(&[marker::NULL; 1024], &limits).map(|v| v.len()),
        Ok(1024)
    );
    assert_eq!(decode_all(&[marker::NULL; 1025], &limits), Err(Error::Nodes));
    let mut array = BytesMut::from(&[marker::STRICT_ARRAY][..]);
    array.put_u32(u32::MAX);
    assert_eq!(decode_all(&array, &limits), Err(Error::Nodes));
}

#[test]
fn bytes_are_limited_to_64_kib() {
    let fits = bytes_of(&Value::String("a".repeat(65_533)));
    assert_eq!(fits.len(), 65_536);
    assert!(decode_all(&fits, &Limits::default()).is_ok());
    let long = bytes_of(&Value::String("a".repeat(65_535)));
    assert_eq!(decode_all(&long, &Limits::default()), Err(Error::Bytes));
}

#[test]
fn a_length_that_is_a_lie_allocates_nothing() {
    assert_eq!(
        decode_all(&[marker::LONG_STRING, 0, 0, 0xff, 0], &Limits::default()),
        Err(Error::Truncated)
    );
}

#[test]
fn references_and_amf3_are_refused() {
    for kind in [0x04, 0x07, 0x0e, 0x11] {
        assert_eq!(
            decode_all(&[kind, 0, 0], &Limits::default()),
            Err(Error::Marker(kind))
        );
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i32>().prop_map(|n| Value::Number(n.into())),
        any::<bool>().prop_map(Value::Boolean),
        ".{0,20}".prop_map(Value::String),
        Just(Value::Null),
        Just(Value::Undefined),
        any::<u32>().prop_map(|n| Value::Date { millis: n.into() }),
    ];
    leaf.prop_recursive(4, 64, 6, |inner| {
        let pairs = prop::collection::vec((".{0,8}", inner.clone()), 0..6);
        prop_oneof![
            pairs.clone().prop_map(Value::Object),
            pairs.prop_map(Value::EcmaArray),
            prop::collection::vec(inner, 0..6).prop_map(Value::StrictArray),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(value in any_value()) {
        prop_assert_eq!(decode_all(&bytes_of(&value), &Limits::default()), Ok(vec![value]));
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let limits = Limits::default();
        if let Ok(values) = decode_all(&bytes, &limits) {
            prop_assert!(values.len() <= limits.nodes);
        }
    }

    #[test]
    fn a_value_cut_short_is_an_error(value in any_value(), cut in any::<prop::sample::Index>()) {
        let bytes = bytes_of(&value);
        let cut = cut.index(bytes.len());
        prop_assert_eq!(decode(&mut &bytes[..cut], &Limits::default()), Err(Error::Truncated));
    }
}
