//! AMF0 from bytes.

use super::{Error, Limits, Value, marker};

/// Reads one value from the front of `input` and moves `input` behind it.
///
/// # Errors
/// [`Error`], with `input` unchanged.
pub fn decode(input: &mut &[u8], limits: &Limits) -> Result<Value, Error> {
    let mut reader = Reader::new(input, limits);
    let value = reader.value(0)?;
    *input = &input[reader.at..];
    Ok(value)
}

/// Reads values until `input` ends; the limits hold for all of them together.
///
/// # Errors
/// [`Error`] at the first value that can't be read.
pub fn decode_all(input: &[u8], limits: &Limits) -> Result<Vec<Value>, Error> {
    let mut reader = Reader::new(input, limits);
    let mut values = Vec::new();
    while reader.at < input.len() {
        values.push(reader.value(0)?);
    }
    Ok(values)
}

struct Reader<'a> {
    input: &'a [u8],
    at: usize,
    nodes: usize,
    limits: Limits,
}

impl<'a> Reader<'a> {
    fn new(input: &'a [u8], limits: &Limits) -> Self {
        Self {
            input,
            at: 0,
            nodes: limits.nodes,
            limits: *limits,
        }
    }

    fn take(&mut self, n: usize) -> Result<&'a [u8], Error> {
        let end = self.at.checked_add(n).ok_or(Error::Bytes)?;
        if end > self.limits.bytes {
            return Err(Error::Bytes);
        }
        let bytes = self.input.get(self.at..end).ok_or(Error::Truncated)?;
        self.at = end;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    fn number(&mut self) -> Result<f64, Error> {
        Ok(f64::from_be_bytes(self.array()?))
    }

    fn short_text(&mut self) -> Result<String, Error> {
        let len = u16::from_be_bytes(self.array()?);
        self.text(usize::from(len))
    }

    fn long_text(&mut self) -> Result<String, Error> {
        let len = u32::from_be_bytes(self.array()?);
        self.text(len as usize)
    }

    fn text(&mut self, len: usize) -> Result<String, Error> {
        Ok(String::from_utf8_lossy(self.take(len)?).into_owned())
    }

    fn value(&mut self, depth: usize) -> Result<Value, Error> {
        self.nodes = self.nodes.checked_sub(1).ok_or(Error::Nodes)?;
        let [kind] = self.array()?;
        Ok(match kind {
            marker::NUMBER => Value::Number(self.number()?),
            marker::BOOLEAN => Value::Boolean(self.array::<1>()? != [0]),
            marker::STRING => Value::String(self.short_text()?),
            marker::LONG_STRING | marker::XML_DOCUMENT => Value::String(self.long_text()?),
            marker::NULL => Value::Null,
            marker::UNDEFINED | marker::UNSUPPORTED => Value::Undefined,
            marker::DATE => self.date()?,
            marker::OBJECT => Value::Object(self.properties(depth)?),
            marker::TYPED_OBJECT => {
                self.short_text()?;
                Value::Object(self.properties(depth)?)
            }
            marker::ECMA_ARRAY => {
                // The count is a hint that writers get wrong; the end marker decides.
                self.array::<4>()?;
                Value::EcmaArray(self.properties(depth)?)
            }
            marker::STRICT_ARRAY => self.elements(depth)?,
            other => return Err(Error::Marker(other)),
        })
    }

    fn date(&mut self) -> Result<Value, Error> {
        let millis = self.number()?;
        self.array::<2>()?;
        Ok(Value::Date { millis })
    }

    fn deeper(&self, depth: usize) -> Result<usize, Error> {
        if depth >= self.limits.depth {
            return Err(Error::Depth);
        }
        Ok(depth + 1)
    }

    fn properties(&mut self, depth: usize) -> Result<Vec<(String, Value)>, Error> {
        let depth = self.deeper(depth)?;
        let mut out = Vec::new();
        loop {
            let key = self.short_text()?;
            if key.is_empty() && self.input.get(self.at) == Some(&marker::OBJECT_END) {
                self.at += 1;
                return Ok(out);
            }
            out.push((key, self.value(depth)?));
        }
    }

    fn elements(&mut self, depth: usize) -> Result<Value, Error> {
        let depth = self.deeper(depth)?;
        let count = u32::from_be_bytes(self.array()?) as usize;
        if count > self.nodes {
            return Err(Error::Nodes);
        }
        // Grown as elements arrive: the count is a stranger's word.
        let mut out = Vec::new();
        for _ in 0..count {
            out.push(self.value(depth)?);
        }
        Ok(Value::StrictArray(out))
    }
}
