//! Whether pictures are sent in the order in which they are shown: browsers can't play others by WebRTC.

/// Pictures after which an encoder with B-frames would have shown them: it needs no more than two before the first.
const ENOUGH: u32 = 4;

/// What is known of a publisher's pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Order {
    /// Too few were seen.
    #[default]
    Unknown,
    /// As they are shown.
    Straight,
    /// B-frames: some are sent after a later one.
    Mixed,
}

/// Watches the pictures go by.
#[derive(Debug, Default)]
pub(super) struct Watch {
    seen: u32,
    latest: Option<i64>,
    order: Order,
}

impl Watch {
    /// A picture that is shown at `ms` goes by.
    pub(super) fn see(&mut self, ms: i64) -> Order {
        let behind = self.latest.is_some_and(|latest| ms < latest);
        self.latest = self.latest.max(Some(ms));
        self.seen = self.seen.saturating_add(1);
        if behind {
            self.order = Order::Mixed;
        } else if self.order == Order::Unknown && self.seen >= ENOUGH {
            self.order = Order::Straight;
        }
        self.order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(times: &[i64]) -> Order {
        let mut watch = Watch::default();
        times.iter().map(|ms| watch.see(*ms)).last().unwrap()
    }

    #[test]
    fn b_frames_are_found_out_within_four_pictures_and_later() {
        assert_eq!(order(&[0, 33, 66]), Order::Unknown);
        assert_eq!(order(&[0, 33, 66, 100]), Order::Straight);
        assert_eq!(order(&[66, 200, 133, 100]), Order::Mixed);
        assert_eq!(order(&[66, 166, 100]), Order::Mixed);
        let mut times: Vec<_> = (0..50).map(|n| n * 33).collect();
        times.extend([2_000, 1_900, 2_100]);
        assert_eq!(order(&times), Order::Mixed, "once and for all");
    }
}
