//! Systems without an implementation of their own yet.

use tokio::sync::watch;

use super::Usage;

pub(super) fn raise_priority() {}

pub(super) fn lower_priority() {}

pub(super) fn usage() -> Usage {
    Usage::default()
}

pub(super) async fn watch_links(_changed: &watch::Sender<()>) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}
