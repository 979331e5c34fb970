//! The built pages over HTTP.

use std::path::Path;

use system_tests::site::Site;

/// Serves the built pages until it is dropped.
pub(crate) async fn start() -> Site {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui");
    Site::start(vec![("/", ui.join("dist"))]).await.unwrap()
}
