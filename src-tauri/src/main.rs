//! `anchor-studio-desktop`: the studio in a window.

fn main() {
    tauri::Builder::default()
        .run(tauri::generate_context!())
        .expect("a window opens");
}
