//! The page back when its process ends (WebKit on Linux).

use tauri::webview::PlatformWebview;
use webkit2gtk::WebViewExt;

/// Loads the page again when its process has ended, as after a crash: a window is never left blank. The show goes on
/// meanwhile: it is in this process.
pub(crate) fn watch(webview: &PlatformWebview) {
    webview.inner().connect_web_process_terminated(|page, reason| {
        tracing::error!(
            code = "window.page_lost",
            ?reason,
            "the page's process has ended; it is loaded again"
        );
        page.reload();
    });
}
