//! What a line carries, out of how much arrived while all that it took was sent.

/// At the beginning a connection feels its way (slow start, RFC 9293, 3.8.2): so many counts are passed over at most.
const SLOW_START: usize = 5;
/// The share of the usual rate at which it has found it.
const FOUND: f32 = 0.8;
/// So many counts are needed behind that: ten seconds of halves.
const ENOUGH: usize = 20;
/// Nearly all of the time: four fifths of all seconds.
const NEARLY: usize = 5;
/// A line whose slow tenth is below this share of what is usual is unsteady.
const UNSTEADY: f32 = 0.6;
/// Who gets this share of what was sent was not held back by the line.
const ALL: f32 = 0.95;

/// What a line carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    /// In at least four of five seconds, in kbit/s.
    pub kbps: u32,
    /// Whether it may carry more: all that was sent arrived.
    pub at_least: bool,
    /// Whether it is now fast, now slow.
    pub unsteady: bool,
}

/// What a line carries over which `sent_kbps` were sent, of which `arrived` did: in kbit/s, for each half second. `None` where
/// ten seconds of that, behind the connection's first, are not there.
pub fn carried(arrived: &[u32], sent_kbps: u32) -> Option<Carried> {
    let usual = middle(arrived.get(SLOW_START..)?)?;
    let found = arrived
        .iter()
        .position(|kbps| *kbps as f32 >= usual as f32 * FOUND)?;
    let rest = &arrived[found.min(SLOW_START)..];
    if rest.len() < ENOUGH {
        return None;
    }
    let mut seconds: Vec<_> = rest.chunks_exact(2).map(|two| (two[0] + two[1]) / 2).collect();
    seconds.sort_unstable();
    let usual = middle(rest)?;
    Some(Carried {
        kbps: seconds[seconds.len() / NEARLY],
        at_least: usual as f32 >= sent_kbps as f32 * ALL,
        unsteady: (seconds[seconds.len() / 10] as f32) < usual as f32 * UNSTEADY,
    })
}

fn middle(of: &[u32]) -> Option<u32> {
    let mut sorted = of.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_seconds_do_not_count() {
        let line = [&[100, 400, 1600][..], &[4000; 24]].concat();
        let expected = Carried {
            kbps: 4000,
            at_least: false,
            unsteady: false,
        };
        assert_eq!(carried(&line, 8000), Some(expected));
        assert!(carried(&line, 4100).unwrap().at_least);
    }

    #[test]
    fn what_it_carries_now_and_then_is_not_what_it_carries() {
        let line: Vec<_> = (0..30).map(|n| if n % 10 < 4 { 900 } else { 5000 }).collect();
        let found = carried(&line, 8000).unwrap();
        assert_eq!((found.kbps, found.unsteady), (900, true));
        // One bad second of twelve is no bad line.
        let mut line = vec![5000; 24];
        (line[12], line[13]) = (1000, 1000);
        let found = carried(&line, 8000).unwrap();
        assert_eq!((found.kbps, found.unsteady), (5000, false));
    }

    #[test]
    fn too_little_says_nothing() {
        for line in [&[][..], &[4000; 4], &[4000; 19], &[1; 5]] {
            assert_eq!(carried(line, 8000), None, "{line:?}");
        }
        assert_eq!(carried(&[0; 30], 8000).unwrap().kbps, 0);
        assert_eq!(carried(&[u32::MAX / 2; 30], 8000).unwrap().kbps, u32::MAX / 2);
    }
}
