//! Secrets that the configuration names a place for.

use std::fs;

use api::{Code, Fault};
use rtmp::Secret;

use crate::config::KeyPlace;

/// A longer secret isn't one: a file of something else was named.
const LONGEST: usize = 4096;

/// The secret at `place`, without white space around it. `what` names it in the fault's sentence: "the stream key of a
/// relay".
///
/// # Errors
/// A fault of kind `code` when it isn't there, can't be read, is empty or over 4096 bytes.
pub(crate) fn read(place: &KeyPlace, code: Code, what: &str) -> Result<Secret, Fault> {
    let fault = |message: String| Fault::new(code, message);
    let text = match place {
        KeyPlace::Env(name) => {
            std::env::var(name).map_err(|_| fault(format!("The variable {name} doesn't hold {what}.")))?
        }
        KeyPlace::File(path) => fs::read_to_string(path).map_err(|e| {
            fault(format!(
                "The file {} with {what} can't be read: {e}.",
                path.display()
            ))
        })?,
    };
    match text.trim() {
        "" => Err(fault(format!("There is nothing where {what} should be."))),
        text if text.len() > LONGEST => Err(fault(format!("What is there for {what} is too long."))),
        text => Ok(Secret::from(text)),
    }
}
