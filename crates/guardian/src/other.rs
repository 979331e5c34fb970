//! Systems without signals: a console tells the studio itself that it shall end.

use std::io;
use std::process::Child;

use crate::End;

/// What tells of the studio's end.
pub(crate) struct Watch;

impl Watch {
    /// Nothing is missed before this.
    pub(crate) fn begin() -> io::Result<Self> {
        Ok(Self)
    }

    /// Waits until `studio` has ended.
    pub(crate) fn wait(&mut self, studio: &mut Child) -> io::Result<End> {
        let code = studio.wait()?.code();
        Ok(code.map_or(
            End {
                code: None,
                asked: false,
            },
            |code| End::by_code(code, false),
        ))
    }
}
