//! Letting go of what takes its time.

/// Drops `what` on a thread of its own, named `name`: a device that closes, or one that hangs in its driver, is not
/// the caller's to wait for. Where the system has no thread left, the caller does wait.
pub(crate) fn drop_aside<T: Send + 'static>(name: &str, what: T) {
    let builder = std::thread::Builder::new().name(name.to_owned());
    drop(builder.spawn(move || drop(what)));
}
