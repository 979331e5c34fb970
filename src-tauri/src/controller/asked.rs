//! When a state is asked for: once for many wishes, and again if one came meanwhile.

/// Whether a state is under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum StateAsked {
    #[default]
    No,
    /// It is, and answers every wish there was.
    Once,
    /// It is, but may be older than the last wish.
    Again,
}

impl StateAsked {
    /// A state is wanted; whether to ask for it now.
    pub(super) fn want(&mut self) -> bool {
        let now = *self == Self::No;
        *self = if now { Self::Once } else { Self::Again };
        now
    }

    /// A state came; whether a newer one is wanted.
    pub(super) fn came(&mut self) -> bool {
        std::mem::take(self) == Self::Again
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_wishes_make_two_questions() {
        let mut asked = StateAsked::default();
        assert!(asked.want());
        assert!(!asked.want() && !asked.want());
        assert!(asked.came());
        assert!(asked.want());
        assert!(!asked.came());
    }
}
