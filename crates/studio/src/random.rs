//! Randomness for identities and jitter.

/// Random bytes.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if getrandom::fill(&mut bytes).is_err() {
        // Only identity and jitter hang on it: the time will do.
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let micros = since.unwrap_or_default().as_micros().to_le_bytes();
        bytes.iter_mut().zip(micros).for_each(|(b, m)| *b = m);
    }
    bytes
}
