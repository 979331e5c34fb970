//! A viewer's page plays a show by HTTP-FLV.

#[path = "watch/scenario.rs"]
mod scenario;

use scenario::Way;

/// The figure to reach is 1.0 s on a quiet machine; this one may be busy with other tests.
const FLV: Way = Way {
    name: "flv",
    delay: 2500.0,
    stands_still: 3_000.0,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_show_is_played_and_its_delay_said() {
    scenario::plays_reports_and_survives(FLV).await;
}
