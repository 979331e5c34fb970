//! What is sent: the demo's table with its grain, which takes the bits it is given.

use std::path::Path;

/// Sources and scene, as they stand in a show file.
pub(crate) fn moving() -> String {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo/table.mp4");
    format!(
        "[[source]]\nname = \"table\"\npath = {table:?}\ntype = \"file\"\ngrain = true\n\
         [[source]]\nname = \"tone\"\ntype = \"tone\"\nhz = 440\n\
         [[scene]]\nname = \"main\"\n[[scene.layer]]\nsource = \"table\"\n"
    )
}
