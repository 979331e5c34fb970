//! Keys where there are no Unix terminals: none.

/// Never made.
pub(super) enum Keys {}

impl Keys {
    pub(super) fn listen() -> Option<Self> {
        None
    }

    pub(super) fn next(&self) -> Option<u8> {
        match *self {}
    }
}
