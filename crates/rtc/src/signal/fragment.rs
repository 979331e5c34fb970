//! SDP fragments of trickle ICE (RFC 8840, 9): candidates that come after the offer.

/// Longest fragment, in bytes.
pub const MAX_FRAGMENT: usize = 16 << 10;
/// Most candidates of a fragment.
const MOST_CANDIDATES: usize = 32;

/// What a fragment says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fragment {
    /// The sender's ICE name; another one than before asks for a restart.
    pub ufrag: Option<String>,
    /// Candidates, `candidate:…` each, as in SDP; at most 32.
    pub candidates: Vec<String>,
}

impl Fragment {
    /// Reads a fragment; lines that mean nothing here are passed over.
    pub fn parse(text: &str) -> Self {
        let mut fragment = Self::default();
        for line in text.lines().filter_map(|line| line.trim_end().strip_prefix("a=")) {
            if let Some(ufrag) = line.strip_prefix("ice-ufrag:") {
                fragment.ufrag.get_or_insert_with(|| ufrag.to_owned());
            } else if line.starts_with("candidate:") && fragment.candidates.len() < MOST_CANDIDATES {
                fragment.candidates.push(line.to_owned());
            }
        }
        fragment
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_8840_is_read() {
        let text = "a=ice-ufrag:ysXw\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\na=group:BUNDLE 0 1\r\n\
            m=audio 9 RTP/AVP 0\r\na=mid:0\r\n\
            a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1\r\n\
            a=candidate:3471623853 1 udp 2122194687 198.51.100.2 61765 typ host generation 0 ufrag EsAw network-id 2\r\n\
            a=end-of-candidates\r\n";
        let fragment = Fragment::parse(text);
        assert_eq!(fragment.ufrag.as_deref(), Some("ysXw"));
        assert_eq!(fragment.candidates.len(), 2);
        assert!(fragment.candidates[1].starts_with("candidate:3471623853 1 udp"));
    }

    #[test]
    fn no_more_candidates_than_a_peer_has() {
        let text = "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\n".repeat(1000);
        assert_eq!(Fragment::parse(&text).candidates.len(), MOST_CANDIDATES);
    }
}
