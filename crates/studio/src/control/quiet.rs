//! Whether viewers hear nothing that they should hear. No IO, no clock.

/// A program that is quieter than [`QUIET_DB`] for so many seconds is silent; a pause in a quiet room is shorter.
const PAUSE: u32 = 10;
/// Peak below which the program counts as quiet, in dBFS.
const QUIET_DB: f32 = -60.0;
/// Nothing at all for so many seconds is silence: a microphone that works is never without its own noise.
const NOTHING: f32 = 3.0;

/// Looks at the program each second.
///
/// A noise gate, in a microphone or before it, makes nothing at all of each pause. Where nothing at all was followed by
/// sound once, it says no more than quiet does.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Quiet {
    quiet: u32,
    nothing: f32,
    gated: bool,
}

impl Quiet {
    /// Takes in a second: the program's peak in dBFS, and for how many seconds there has been nothing at all. None where
    /// nobody is to hear it.
    pub(super) fn look(&mut self, program: Option<(f32, f32)>) {
        let Some((db, nothing)) = program else {
            (self.quiet, self.nothing) = (0, 0.0);
            return;
        };
        self.gated |= nothing < self.nothing;
        self.nothing = nothing;
        self.quiet = if db < QUIET_DB { self.quiet + 1 } else { 0 };
    }

    /// Whether it is silent.
    pub(super) fn is_silent(&self) -> bool {
        let nothing = !self.gated && self.nothing >= NOTHING;
        nothing || self.quiet >= PAUSE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds from the beginning after which it is silent, of so many in which the program is so.
    fn silent(quiet: &mut Quiet, seconds: impl IntoIterator<Item = (f32, f32)>) -> Option<usize> {
        seconds.into_iter().position(|second| {
            quiet.look(Some(second));
            quiet.is_silent()
        })
    }

    /// Nothing at all, from now on; the meter falls by 12 dB a second.
    fn nothing() -> impl Iterator<Item = (f32, f32)> {
        (0..30u8).map(|n| (-6.0 - 12.0 * f32::from(n), 0.5 + f32::from(n)))
    }

    #[test]
    fn a_quiet_room_takes_longer_than_nothing_at_all() {
        assert_eq!(silent(&mut Quiet::default(), [(-70.0, 0.0); 20]), Some(9));
        assert_eq!(silent(&mut Quiet::default(), nothing()), Some(3));
        assert_eq!(silent(&mut Quiet::default(), [(-50.0, 0.0); 60]), None);
    }

    #[test]
    fn behind_a_noise_gate_nothing_is_a_pause() {
        let mut quiet = Quiet::default();
        let spoken = [(-6.0, 0.0); 3];
        assert_eq!(
            silent(
                &mut quiet,
                spoken.into_iter().chain(nothing().take(2)).chain(spoken)
            ),
            None
        );
        // The meter needs five seconds to fall below what is quiet.
        assert_eq!(silent(&mut quiet, nothing()), Some(14));
    }

    #[test]
    fn what_nobody_is_to_hear_may_be_silent() {
        let mut quiet = Quiet::default();
        silent(&mut quiet, nothing());
        quiet.look(None);
        assert!(!quiet.is_silent());
        assert_eq!(silent(&mut quiet, [(-6.0, 0.0)]), None);
        assert_eq!(silent(&mut quiet, nothing()), Some(3), "a cover is no gate");
    }
}
