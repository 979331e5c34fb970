//! A viewer's page plays a show by WebRTC.

#[path = "watch/scenario.rs"]
mod scenario;

use scenario::Way;

/// The figure to reach is 0.3 s on a quiet machine; this one may be busy with other tests.
const WHEP: Way = Way {
    name: "whep",
    delay: 1500.0,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_show_is_played_and_its_delay_said() {
    scenario::plays_reports_and_survives(WHEP).await;
}
