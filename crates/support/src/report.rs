//! A bundle as people read it: what was wrong first, then the places, the computer and the show, then what happened.

mod check;
mod findings;
mod graph;
mod happened;
mod machine;
mod places;
mod show;
mod words;

use std::fmt::Write as _;

use crate::Opened;
use words::{count, lasting};

/// What `opened` says, in lines of at most 100 letters or hardly more.
pub fn report(opened: &Opened) -> String {
    let mut text = head(opened);
    let mut section = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            // Writing to a String can't fail.
            let _ = write!(text, "\n\n{title}");
            for line in lines {
                let _ = write!(text, "\n{}", format!("  {line}").trim_end());
            }
        }
    };
    section("WHAT WAS WRONG, the worst first", findings::lines(opened));
    section("NOW", findings::now(opened));
    section("CHECKED BEFORE THE SHOW", check::lines(opened));
    section("PLACES", places::lines(opened));
    section("THIS COMPUTER", machine::lines(opened));
    section("THE SHOW", show::lines(opened));
    section(
        "WHAT HAPPENED, by the time since the show began",
        happened::lines(opened),
    );
    section(
        "NOTED BY THE PROGRAM, by the time since its start",
        happened::noted(opened),
    );
    // A file from a stranger says nothing to a terminal.
    text.replace(|c: char| c.is_control() && c != '\n', "?")
}

fn head(opened: &Opened) -> String {
    let about = &opened.about;
    let mut text = format!("Made {} by version {}", about.made, about.version);
    let _ = write!(text, ", {} after its start; ", lasting(about.running_seconds));
    match (&opened.state, &about.failure) {
        (None, Some(failure)) => drop(write!(text, "no show is open: {failure}.")),
        (None, None) => text.push_str("no show is open."),
        (Some(state), _) => match state.live {
            Some(live) => drop(write!(text, "on the air for {}.", lasting(live.seconds))),
            None => text.push_str("not on the air."),
        },
    }
    if !opened.unread.is_empty() {
        let parts = count(opened.unread.len(), "part");
        let _ = write!(text, "\n{parts} can't be read: {}.", opened.unread.join(", "));
    }
    text
}

#[cfg(test)]
#[path = "report/tests.rs"]
mod tests;
