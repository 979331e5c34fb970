//! Systems without an implementation of their own yet.

use super::Usage;

pub(super) fn raise_priority() {}

pub(super) fn lower_priority() {}

pub(super) fn usage() -> Usage {
    Usage::default()
}
