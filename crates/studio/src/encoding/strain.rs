//! How encoders cope with the pictures they are handed.

use std::sync::atomic::{AtomicU64, Ordering};

use pipeline::encode::VideoEncoder;

/// How encoders cope, since they began.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Strain {
    /// Pictures that found more than half of a queue full, and were taken.
    pub(crate) behind: u64,
    /// Pictures that found it full, and were lost.
    pub(crate) refused: u64,
    /// How full the fullest queue is now, 0 to 1.
    pub(crate) queued: f32,
}

impl Strain {
    /// Of the worse of both: each has been handed the same pictures.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            behind: self.behind.max(other.behind),
            refused: self.refused.max(other.refused),
            queued: self.queued.max(other.queued),
        }
    }
}

/// Counts it.
#[derive(Debug, Default)]
pub(super) struct Effort {
    behind: AtomicU64,
    refused: AtomicU64,
}

impl Effort {
    /// A picture was taken, or wasn't, while so many waited.
    pub(super) fn count(&self, taken: bool, waiting: usize) {
        let count = match taken {
            false => &self.refused,
            true if waiting * 2 > VideoEncoder::PLACES => &self.behind,
            true => return,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }

    /// What was counted so far, while so many wait.
    pub(super) fn strain(&self, waiting: usize) -> Strain {
        let places = VideoEncoder::PLACES;
        Strain {
            behind: self.behind.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
            queued: waiting.min(places) as f32 / places as f32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_counts_once_and_of_several_encoders_the_worst() {
        let [one, other] = [Effort::default(), Effort::default()];
        [(true, 0), (true, 1), (true, 2), (true, 3), (false, 3)]
            .into_iter()
            .for_each(|(taken, waiting)| one.count(taken, waiting));
        let strain = one.strain(3);
        assert_eq!((strain.behind, strain.refused), (2, 1));
        (0..3).for_each(|_| other.count(false, 3));
        let worst = strain.or(other.strain(0));
        assert_eq!((worst.behind, worst.refused), (2, 3));
        assert!((worst.queued - 1.0).abs() < 1e-6);
    }
}
