//! Emulation prevention: `00 00 03` stands for `00 00` wherever a start code could be seen
//! (ITU-T H.264, 7.3.1 and 7.4.1).

/// The bytes of `nal` without emulation prevention bytes.
pub fn unescape(nal: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(nal.len());
    let mut zeros = 0;
    for &byte in nal {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        out.push(byte);
    }
    out
}

/// `rbsp` with emulation prevention bytes put in, so that neither a start code nor three bytes
/// `00 00 00..=03` stand in it. An RBSP ends with its stop bit, so never with a zero byte.
pub fn escape(rbsp: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(rbsp.len() + rbsp.len() / 16 + 1);
    let mut zeros = 0;
    for &byte in rbsp {
        if zeros >= 2 && byte <= 3 {
            out.push(3);
            zeros = 0;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        out.push(byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn emulation_prevention_bytes_are_put_in_and_taken_out() {
        let raw = [6, 0, 0, 1, 0, 0, 0, 0, 3, 0x80];
        let nal = [6, 0, 0, 3, 1, 0, 0, 3, 0, 0, 3, 3, 0x80];
        assert_eq!(escape(&raw), nal);
        assert_eq!(unescape(&nal), raw);
    }

    proptest! {
        #[test]
        fn what_is_escaped_holds_no_start_code_and_comes_back(
            raw in proptest::collection::vec(prop_oneof![3 => Just(0u8), 2 => 0u8..5, 1 => any::<u8>()], 0..200),
        ) {
            let nal = escape(&raw);
            prop_assert!(!nal.windows(3).any(|w| w[0] == 0 && w[1] == 0 && w[2] < 3));
            prop_assert_eq!(unescape(&nal), raw);
        }
    }
}
