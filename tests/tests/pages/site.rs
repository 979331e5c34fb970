//! The built pages over HTTP.

use std::path::Path;

use system_tests::site::Site;

/// Serves the built pages until it is dropped; and axe-core as `/axe.js`.
pub(crate) async fn start() -> Site {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui");
    let axe = ui.join("node_modules/axe-core/axe.min.js");
    let parts = vec![("/axe.js", axe), ("/", ui.join("dist"))];
    Site::start(parts).await.unwrap()
}
