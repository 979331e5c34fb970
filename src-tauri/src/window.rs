//! The window: what the controller needs of it, and Tauri's.

use std::path::{Path, PathBuf};

use tauri::{AppHandle, Manager, RunEvent, WindowEvent};
use tauri_plugin_window_state::StateFlags;

use crate::bindings;
use crate::controller::{Controller, Request, Requests, requests};
use crate::keeper::Keeper;
use crate::options::Options;
use crate::shows::Shows;

/// Label of the only window.
const MAIN: &str = "main";
/// Threads that wait on the network, the page and the show's commands.
const WORKERS: usize = 2;

/// What this program ends with when it has panicked: what Rust itself ends with then.
const PANICKED: i32 = 101;

/// What the controller needs of a window.
pub(crate) trait Window: Send + 'static {
    /// Brings it before the others.
    fn focus(&self);

    /// Closes it, and with it the studio.
    fn close(&self);

    /// Folders for files that are for the seller, the best first.
    fn folders(&self) -> Vec<PathBuf>;
}

impl Window for AppHandle {
    fn focus(&self) {
        let Some(window) = self.get_webview_window(MAIN) else {
            return;
        };
        for done in [window.unminimize(), window.show(), window.set_focus()] {
            if let Err(error) = done {
                tracing::debug!("the window can't be brought forward: {error}");
            }
        }
    }

    fn close(&self) {
        self.exit(0);
    }

    fn folders(&self) -> Vec<PathBuf> {
        // Not every system has a folder for what comes and goes.
        let known = [
            self.path().download_dir(),
            self.path().desktop_dir(),
            self.path().home_dir(),
        ];
        known.into_iter().filter_map(Result::ok).collect()
    }
}

/// Opens the window and runs a show in it until it is closed.
///
/// # Errors
/// There is no display, or the system lacks what a window needs.
pub(crate) fn run(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    #[cfg(target_os = "linux")]
    if ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .all(|name| std::env::var_os(name).is_none())
    {
        return Err("there is no display here; `anchor-studio run FILE` runs a show without a window".into());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()?;
    tauri::async_runtime::set(runtime.handle().clone());
    let (requests, requested) = requests();
    let bindings = bindings::builder();
    let second = requests.clone();
    let app = tauri::Builder::default()
        // First: a second start must end before it has opened anything.
        .plugin(tauri_plugin_single_instance::init(move |_, _, _| {
            second.send_now(Request::Focus);
        }))
        .plugin(window_state(options.keep.as_deref()))
        .manage(requests.clone())
        .invoke_handler(bindings.invoke_handler())
        .setup(|app| opened(app).map_err(Into::into))
        .build(tauri::generate_context!())?;
    let (folder, options) = (folder(options, app.handle())?, options.clone());
    let hold = Box::new(move || Keeper::open(&folder, &options));
    let controller = Controller::new(Shows, app.handle().clone(), hold, requested);
    runtime.spawn(end_with(runtime.spawn(controller.run()), app.handle().clone()));
    runtime.spawn(end_at_signal(requests.clone()));
    app.run(move |_, event| on_event(&requests, &event));
    Ok(())
}

/// The window is there, and its page is being loaded.
#[cfg(target_os = "linux")]
fn opened(app: &tauri::App) -> tauri::Result<()> {
    match app.get_webview_window(MAIN) {
        Some(window) => window.with_webview(|webview| crate::revival::watch(&webview)),
        None => Ok(()),
    }
}

/// The window is there, and its page is being loaded.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "on Linux it can fail")]
fn opened(_: &tauri::App) -> tauri::Result<()> {
    Ok(())
}

/// Where shows are kept.
fn folder(options: &Options, app: &AppHandle) -> tauri::Result<PathBuf> {
    match &options.keep {
        Some(folder) => Ok(folder.clone()),
        None => Ok(app.path().data_dir()?.join("anchor-studio")),
    }
}

/// The window comes back where it was. It is shown at once, whatever was kept of it.
fn window_state(keep: Option<&Path>) -> tauri::plugin::TauriPlugin<tauri::Wry> {
    let builder = tauri_plugin_window_state::Builder::default().with_state_flags(
        StateFlags::POSITION | StateFlags::SIZE | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN,
    );
    let file = keep.and_then(|folder| std::path::absolute(folder.join("window.json")).ok());
    match file.as_ref().and_then(|file| file.to_str()) {
        // A whole path takes the place of the plugin's own folder.
        Some(file) => builder.with_filename(file).build(),
        None => builder.build(),
    }
}

fn on_event(requests: &Requests, event: &RunEvent) {
    if let RunEvent::WindowEvent {
        event: WindowEvent::CloseRequested { api, .. },
        ..
    } = event
    {
        api.prevent_close();
        requests.send_now(Request::CloseWindow);
    }
}

/// A controller that panicked leaves nobody to close the window.
async fn end_with(controller: tokio::task::JoinHandle<()>, app: AppHandle) {
    if controller.await.is_err() {
        app.exit(PANICKED);
    }
}

async fn end_at_signal(requests: Requests) {
    loop {
        studio::signals::end().await;
        requests.send(Request::End).await;
    }
}
