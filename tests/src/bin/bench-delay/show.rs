//! The bundled demo show's sources on a small canvas.

use std::path::Path;

/// Its sources and its scene, as they stand in a show file.
pub(crate) fn demo() -> String {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo");
    let source = |name: &str, file: &str, rest: &str| {
        let path = assets.join(file);
        format!("[[source]]\nname = \"{name}\"\npath = {path:?}\n{rest}\n")
    };
    [
        &*source("table", "table.mp4", "type = \"file\"\ngrain = true"),
        &source("host", "host.mp4", "type = \"file\"\ngrain = true"),
        &source("card", "card.png", "type = \"image\""),
        &source("voice", "voice.flac", "type = \"file\"\ntrack = \"audio\""),
        SCENE,
    ]
    .concat()
}

const SCENE: &str = "\
[[scene]]
name = \"host before the table\"
[[scene.layer]]
source = \"table\"
[[scene.layer]]
source = \"host\"
key = { color = \"#00b140\", similarity = 0.2, smoothness = 0.08, spill = 0.3 }
[[scene.layer]]
source = \"card\"
rect = { x = 18, y = 244, width = 210, height = 100 }
";
