//! What the page can ask: each command forwards one request to the controller.

use api::control::{Command, Outcome};
use api::studio::Failure;
use api::support::{Bundle, SavedBundle};
use api::window::{Choice, Kept, Start, Told};
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager};

use crate::controller::{Request, Requests};

/// Says where the pictures come from.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start(app: AppHandle) -> Result<Start, Failure> {
    requests(&app).ask(Request::Start).await.ok_or_else(over)
}

/// Tells `channel` from now on, instead of the one before: first how things are.
#[tauri::command]
#[specta::specta]
pub(crate) async fn watch(app: AppHandle, channel: Channel<Told>) {
    let page = Box::new(move |told| channel.send(told).is_ok());
    requests(&app).send(Request::Watch(page)).await;
}

/// Carries out a command on the show.
#[tauri::command]
#[specta::specta]
pub(crate) async fn ask(app: AppHandle, command: Command) -> Outcome {
    let answer = requests(&app).ask(|answer| Request::Ask(command, answer)).await;
    answer.unwrap_or_else(|| Outcome::Failed(over()))
}

/// Says which show it shall be.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose(app: AppHandle, choice: Choice) -> Outcome {
    let answer = requests(&app).ask(|answer| Request::Choose(choice, answer)).await;
    answer.unwrap_or_else(|| Outcome::Failed(over()))
}

/// Stores a stream key under a name, outside the show.
#[tauri::command]
#[specta::specta]
pub(crate) async fn store_key(app: AppHandle, name: String, key: String) -> Result<Kept, Failure> {
    let kept = requests(&app)
        .ask(|answer| Request::StoreKey { name, key, answer })
        .await;
    kept.unwrap_or_else(|| Err(over()))
}

/// Makes a support bundle, with the history `of` an earlier show, or of this one or the last; also where no show is open.
#[tauri::command]
#[specta::specta]
pub(crate) async fn make_bundle(app: AppHandle, of: Option<String>) -> Result<Bundle, Failure> {
    let made = requests(&app).ask(|answer| Request::MakeBundle(of, answer)).await;
    made.unwrap_or_else(|| Err(over()))
}

/// Saves the bundle that was made last, exactly as it was then.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_bundle(app: AppHandle) -> Result<SavedBundle, Failure> {
    let saved = requests(&app).ask(Request::SaveBundle).await;
    saved.unwrap_or_else(|| Err(over()))
}

/// The answer to `closing`: ends the show and closes the window, or leaves both as they are.
#[tauri::command]
#[specta::specta]
pub(crate) async fn close(app: AppHandle, end_show: bool) {
    requests(&app).send(Request::Close { end_show }).await;
}

fn requests(app: &AppHandle) -> Requests {
    app.state::<Requests>().inner().clone()
}

/// The answer while the window is being closed.
fn over() -> Failure {
    Failure {
        code: "window.closing".into(),
        sentence: "The studio is being closed.".into(),
    }
}
