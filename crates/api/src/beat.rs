//! What a viewer's page reports while it plays.

use serde::{Deserialize, Serialize};

/// One report of a viewer's page. The body of `POST /watch/NAME/beat`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Beat {
    /// Play session: random, made anew at each load of the page; 1 to 64 letters, digits, `_`, `-`.
    pub sid: String,
    /// Why the page reports.
    pub event: BeatEvent,
    /// How the media comes.
    pub protocol: Protocol,
    /// Milliseconds since the page was opened.
    pub since_open_ms: f64,
    /// Milliseconds from the moment a picture was taken to the moment it was shown; absent when not known.
    #[serde(default)]
    pub delay_ms: Option<f64>,
    /// How far `delay_ms` may be off, in milliseconds either way.
    #[serde(default)]
    pub delay_error_ms: Option<f64>,
    /// Whether the delay rests on an estimated clock.
    #[serde(default)]
    pub estimated: bool,
    /// Position on the page's media time line, in milliseconds.
    #[serde(default)]
    pub position_ms: Option<f64>,
}

/// Why a page reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BeatEvent {
    /// The first picture is on the screen.
    FirstFrame,
    /// Playing, at the regular pace of reports.
    Beat,
    /// The picture stands still for want of data.
    Stall,
}

/// How media reaches a viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Protocol {
    /// FLV over one HTTP answer that doesn't end.
    #[serde(rename = "flv")]
    Flv,
    /// WebRTC.
    #[serde(rename = "whep")]
    Whep,
    /// Low-latency HLS.
    #[serde(rename = "ll-hls")]
    LlHls,
}

/// The longest time a report may speak of: a week, in milliseconds.
const MAX_MS: f64 = 7.0 * 86_400_000.0;

impl Beat {
    /// Whether the values are such as a page can send: a well-formed `sid`, times finite and within a week.
    /// A delay may be negative (a clock that is off).
    pub fn is_plausible(&self) -> bool {
        let sid = (1..=64).contains(&self.sid.len())
            && self
                .sid
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        let times = [self.delay_ms, self.delay_error_ms, self.position_ms];
        sid && (0.0..=MAX_MS).contains(&self.since_open_ms)
            && times.iter().flatten().all(|ms| ms.abs() <= MAX_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_the_page_is_read() {
        let beat: Beat = serde_json::from_str(
            r#"{"sid":"a1_-","event":"first_frame","protocol":"ll-hls","since_open_ms":812.5,
                "delay_ms":null,"estimated":true,"later":"unknown fields are let pass"}"#,
        )
        .unwrap();
        assert_eq!(
            (beat.event, beat.protocol, beat.delay_ms),
            (BeatEvent::FirstFrame, Protocol::LlHls, None)
        );
        assert!(beat.is_plausible());
    }

    #[test]
    fn nonsense_is_told_apart() {
        let beat: Beat =
            serde_json::from_str(r#"{"sid":"x","event":"beat","protocol":"flv","since_open_ms":1}"#).unwrap();
        let wrong = |change: fn(&mut Beat)| {
            let mut b = beat.clone();
            change(&mut b);
            !b.is_plausible()
        };
        assert!(beat.is_plausible());
        assert!(wrong(|b| b.sid = "a b".into()) && wrong(|b| b.sid.clear()));
        assert!(wrong(|b| b.sid = "a".repeat(65)));
        assert!(wrong(|b| b.since_open_ms = -1.0) && wrong(|b| b.since_open_ms = f64::NAN));
        assert!(wrong(|b| b.delay_ms = Some(1e12)));
    }
}
