//! Inputs in pieces, as networks deliver them.

/// The largest piece: what a segment of TCP carries.
const LARGEST: usize = 1460;

/// Cuts `input` into pieces of 1 to [`LARGEST`] bytes, one in eight of a few bytes. The same input is always cut the
/// same way.
pub(crate) fn pieces(input: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rng = fastrand::Rng::with_seed(input.len() as u64);
    let mut rest = input;
    std::iter::from_fn(move || {
        let largest = if rng.u8(..8) == 0 { 8 } else { LARGEST };
        let (piece, after) = rest.split_at(rng.usize(1..=largest).min(rest.len()));
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_input() {
        let input: Vec<u8> = (0..10_000).map(|n| n as u8).collect();
        assert_eq!(pieces(&input).collect::<Vec<_>>().concat(), input);
        assert!(pieces(&input).count() > 5);
    }
}
