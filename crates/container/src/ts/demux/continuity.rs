//! Continuity counters (ISO/IEC 13818-1, 2.4.3.3): which packets are missing, which came twice.

use super::super::packet::Packet;

/// The last packet of a PID.
#[derive(Debug, Default)]
pub(super) struct Continuity {
    last: Option<u8>,
    /// Its payload, to tell a packet sent twice from fifteen lost.
    payload: Vec<u8>,
    repeated: bool,
}

/// How a packet follows the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Next,
    /// It is the last once more.
    Duplicate,
    /// So many are missing between them; 0 where the stream itself says that it begins anew.
    Lost(u8),
}

impl Continuity {
    /// How `packet` follows. Those without payload aren't counted.
    pub(super) fn step(&mut self, packet: &Packet<'_>) -> Step {
        let now = packet.continuity;
        let missing = self.last.map_or(0, |last| now.wrapping_sub(last + 1) & 0x0f);
        if packet.payload.is_empty() {
            if packet.discontinuity {
                self.last = Some(now);
            }
            return Step::Next;
        }
        if self.last == Some(now) && !self.repeated && self.payload == packet.payload {
            self.repeated = true;
            return Step::Duplicate;
        }
        self.last = Some(now);
        self.repeated = false;
        self.payload.clear();
        self.payload.extend_from_slice(packet.payload);
        match missing {
            0 => Step::Next,
            _ if packet.discontinuity => Step::Lost(0),
            n => Step::Lost(n),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_counted_and_one_duplicate_let_pass() {
        let mut continuity = Continuity::default();
        let mut step = |number: u8, discontinuity, payload: &[u8]| {
            continuity.step(&Packet {
                pid: 0,
                unit_start: false,
                scrambled: false,
                continuity: number,
                discontinuity,
                payload,
            })
        };
        assert_eq!(step(15, false, b"a"), Step::Next);
        assert_eq!(step(0, false, b"b"), Step::Next);
        assert_eq!(step(0, false, b"b"), Step::Duplicate);
        assert_eq!(step(0, false, b"b"), Step::Lost(15), "only once");
        assert_eq!(step(0, false, b"c"), Step::Lost(15), "of another payload");
        assert_eq!(step(0, false, b""), Step::Next, "without payload it stands still");
        assert_eq!(step(3, false, b"d"), Step::Lost(2));
        assert_eq!(step(9, true, b"e"), Step::Lost(0));
        assert_eq!(step(4, true, b""), Step::Next);
        assert_eq!(step(5, false, b"f"), Step::Next);
    }
}
