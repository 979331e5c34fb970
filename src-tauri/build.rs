//! Permissions of this crate's commands, and what Tauri builds in.

fn main() {
    tauri_build::build();
}
