//! The companion server is told that the show is over: a connection that ends may have been lost.

use std::time::Duration;

use tokio::task::JoinSet;

use super::companion::Asking;

/// The longest an answer may take: the seller waits for it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Tells all of `servers` at once. Who doesn't hear it ends the show by itself, later.
pub(crate) async fn say(servers: Vec<Asking>) {
    let mut saying = JoinSet::new();
    for server in servers {
        saying.spawn(async move {
            let said = server.delete("show").timeout(PATIENCE).send().await;
            if let Err(error) = said.and_then(reqwest::Response::error_for_status) {
                tracing::info!("the companion server wasn't told that the show is over: {error}");
            }
        });
    }
    while saying.join_next().await.is_some() {}
}
