//! What manifests are written with.

use std::fmt::{self, Display};
use std::io;

use quick_xml::Writer;

use crate::segment::UNITS;

/// A manifest on its way.
pub(super) type Xml = Writer<Vec<u8>>;

/// In nanoseconds.
pub(super) const SECOND: i64 = 1_000_000_000;

/// Nanoseconds as `xs:duration`, in seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lasts(pub(super) i64);

impl Display for Lasts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PT{}S", Seconds(self.0))
    }
}

/// Nanoseconds as a decimal number of seconds, to the microsecond.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seconds(pub(super) i64);

impl Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = (self.0.max(0) + 500) / 1_000;
        match micros % 1_000_000 {
            0 => write!(f, "{}", micros / 1_000_000),
            rest => {
                let rest = format!("{rest:06}");
                write!(f, "{}.{}", micros / 1_000_000, rest.trim_end_matches('0'))
            }
        }
    }
}

/// The attributes of an element.
#[derive(Debug, Default)]
pub(super) struct Attributes(Vec<(&'static str, String)>);

impl Attributes {
    pub(super) fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.0.push((name, value.to_string()));
        self
    }

    /// An element with them, and nothing inside.
    pub(super) fn empty(&self, element: &str, xml: &mut Xml) -> io::Result<()> {
        let element = xml.create_element(element);
        element.with_attributes(self.list()).write_empty().map(drop)
    }

    pub(super) fn list(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }
}

/// Hundred-thousandths of a second as nanoseconds.
pub(super) fn nanos(units: u64) -> i64 {
    i64::try_from(units * (1_000_000_000 / UNITS)).unwrap_or(i64::MAX)
}

/// The attributes of a descriptor (5.8.2).
pub(super) fn descriptor(scheme: &str, value: impl Display) -> Attributes {
    Attributes::default()
        .with("schemeIdUri", scheme)
        .with("value", value)
}

/// The clock that availability is reckoned by (5.8.4.11), beside the manifest on the same server.
pub(super) fn utc_timing(xml: &mut Xml) -> io::Result<()> {
    descriptor("urn:mpeg:dash:utc:http-xsdate:2014", "../../time").empty("UTCTiming", xml)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_exact_to_the_microsecond() {
        let text = |nanos| Lasts(nanos).to_string();
        assert_eq!(text(0), "PT0S");
        assert_eq!(text(2_002_000_000), "PT2.002S");
        assert_eq!(text(1_999_999_600), "PT2S");
        assert_eq!(text(28_800_000_001_000), "PT28800.000001S");
    }
}
