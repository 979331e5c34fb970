//! Waiting for what tells nobody by itself.

use std::io;
use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Pause between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// Looks again and again until `look` finds something.
///
/// # Errors
/// It finds nothing, or fails, until `patience` is over; what fails earlier is looked at again.
pub async fn until<T, Look>(patience: Duration, mut look: impl FnMut() -> Look) -> io::Result<T>
where
    Look: Future<Output = io::Result<Option<T>>>,
{
    let end = Instant::now() + patience;
    loop {
        match look().await {
            Ok(Some(found)) => return Ok(found),
            Err(error) if Instant::now() > end => return Err(error),
            Ok(None) if Instant::now() > end => {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    format!("nothing in {patience:?}"),
                ));
            }
            _ => sleep(LOOK).await,
        }
    }
}
