//! A viewer's page plays a show by WebRTC.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

#[path = "watch/scenario.rs"]
mod scenario;

use scenario::{Scene, Way};

/// The figure to reach is 0.3 s on a quiet machine; this one may be busy with other tests.
const WHEP: Way = Way {
    name: "whep",
    delay: 1500.0,
    stands_still: 3_000.0,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_show_is_played_and_its_delay_said() {
    scenario::plays_reports_and_survives(WHEP).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_udp_passes_it_comes_by_tcp() {
    let Some(scene) = Scene::open_with(&WHEP, Some(WITHOUT_UDP)).await else {
        return;
    };
    let Some(_publisher) = scene.publish() else { return };
    scene.wait_for_play().await;
    let seen = scene.watch().await;
    assert!(seen.iter().filter(|seen| seen.counter.is_some()).count() >= 100);
    let beats = scene.beats().await;
    assert_eq!(beats["newest"]["protocol"], "whep", "{beats}");
}

/// Of the server's addresses the browser hears only those by TCP.
const WITHOUT_UDP: &str = "const set = RTCPeerConnection.prototype.setRemoteDescription;
RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
  return set.call(this, { type, sdp: sdp.replace(/a=candidate:\\S+ \\d+ udp .*\\r\\n/g, '') });
};";
