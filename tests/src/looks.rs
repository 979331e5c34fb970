//! How pages look: pictures of them for people, and what axe-core finds on them.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::browser::{Error, Page};

/// Runs axe-core in the page: rule, element and why, of what it calls serious or critical.
const AXE: &str = "const answer = arguments[0];
    axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => answer(violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) => nodes.map((n) => `${id}: ${n.target} ${n.failureSummary}`))), (e) => answer([String(e)]));";

/// The folder for pictures of pages, which is kept.
///
/// # Errors
/// It can't be made.
pub fn screenshots() -> io::Result<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// What axe-core calls serious or critical on the page, a sentence each.
///
/// # Errors
/// axe-core isn't installed with the pages' other packages, or the page doesn't answer.
pub async fn judged(page: &Page) -> Result<Vec<String>, Error> {
    if page.eval("return 'axe' in window;").await? != json!(true) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
        page.eval(&std::fs::read_to_string(file)?).await?;
    }
    let found = page.eval_async(AXE, Vec::new()).await?;
    let found = found
        .as_array()
        .ok_or_else(|| io::Error::other("axe-core says nothing"))?;
    Ok(found.iter().map(ToString::to_string).collect())
}
