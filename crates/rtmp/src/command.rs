//! Commands in AMF0 (clause 7.2): a name, a number to answer to, and arguments.

use bytes::{Bytes, BytesMut};
use container::amf0::{self, Value};

use crate::Error;
use crate::chunk::{Message, kind};

/// One command.
pub(crate) struct Command {
    pub(crate) name: String,
    /// What an answer refers to; 0 asks for none.
    pub(crate) transaction: f64,
    /// The command object first (null for most), then the rest.
    pub(crate) args: Vec<Value>,
}

impl Command {
    /// Reads a message of type 17 or 20.
    pub(crate) fn parse(message: &Message, limits: &amf0::Limits) -> Result<Self, Error> {
        let mut values = amf0::decode_all(amf0_of(message), limits)?.into_iter();
        let Some(Value::String(name)) = values.next() else {
            return Err(Error::Protocol("a command without a name"));
        };
        let transaction = values.next().and_then(|v| v.as_number()).unwrap_or(0.0);
        Ok(Self {
            name,
            transaction,
            args: values.collect(),
        })
    }

    /// The command object.
    pub(crate) fn object(&self) -> &Value {
        self.args.first().unwrap_or(&Value::Null)
    }

    /// The text that is the first argument behind the command object.
    pub(crate) fn text(&self) -> Option<&str> {
        self.args.get(1).and_then(Value::as_str)
    }

    /// The number that is the first argument behind the command object.
    pub(crate) fn number(&self) -> Option<f64> {
        self.args.get(1).and_then(Value::as_number)
    }

    /// Text `key` of the information object, the first argument that has it.
    pub(crate) fn info(&self, key: &str) -> &str {
        let found = self.args.iter().find_map(|v| v.get(key)?.as_str());
        found.unwrap_or_default()
    }
}

/// The AMF0 in a command or data message: those "in AMF3" begin with a zero byte, then go on in AMF0.
pub(crate) fn amf0_of(message: &Message) -> &[u8] {
    let amf3 = matches!(message.kind, kind::COMMAND_AMF3 | kind::DATA_AMF3);
    match message.payload.first() {
        Some(0) if amf3 => &message.payload[1..],
        _ => &message.payload,
    }
}

/// The payload of a command.
pub(crate) fn payload(name: &str, transaction: f64, args: &[Value]) -> Bytes {
    let mut out = BytesMut::new();
    amf0::encode(&name.into(), &mut out);
    amf0::encode(&transaction.into(), &mut out);
    args.iter().for_each(|arg| amf0::encode(arg, &mut out));
    out.freeze()
}

/// The payload of a data message.
pub(crate) fn data(name: &str, args: &[Value]) -> Bytes {
    let mut out = BytesMut::new();
    amf0::encode(&name.into(), &mut out);
    args.iter().for_each(|arg| amf0::encode(arg, &mut out));
    out.freeze()
}

/// An object.
pub(crate) fn object(properties: &[(&str, Value)]) -> Value {
    let named = properties.iter().map(|(k, v)| ((*k).to_owned(), v.clone()));
    Value::Object(named.collect())
}

/// The arguments of an `onStatus`, and of an error.
pub(crate) fn status(level: &str, code: &str, description: &str) -> Value {
    object(&[
        ("level", level.into()),
        ("code", code.into()),
        ("description", description.into()),
    ])
}
