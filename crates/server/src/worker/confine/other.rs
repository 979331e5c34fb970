//! Systems on which workers aren't confined.

use super::{Confined, Error};

pub(super) fn begin() {}

pub(super) fn close() -> Result<Confined, Error> {
    Ok(Confined { landlock: false })
}
