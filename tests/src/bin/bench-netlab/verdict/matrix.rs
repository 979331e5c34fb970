//! What was said, counted.

use std::collections::BTreeMap;

use super::faults::{Fault, Side, side};
use super::{Heard, SOON};

/// A line of the table: what was said of `fault`, by seed.
pub(super) fn row(fault: &Fault, heard: &[Heard]) -> String {
    let said = |heard: &Heard| {
        let mark = match (is_side(fault, heard), is_cause(fault, heard)) {
            (_, true) => "",
            (true, false) => " (side)",
            (false, false) => " (wrong)",
        };
        format!("{}{mark}", heard.soon)
    };
    let first = |heard: &Heard| match &heard.first {
        Some((at, code)) if *code == heard.soon => format!("{:.1} s", at.as_secs_f32()),
        Some((at, code)) => format!("{:.1} s {code}", at.as_secs_f32()),
        None => "never".to_owned(),
    };
    let all = |tell: &dyn Fn(&Heard) -> String| heard.iter().map(tell).collect::<Vec<_>>().join(", ");
    format!(
        "| {} | {:?} | {} | {} |",
        fault.name,
        fault.side,
        all(&said),
        all(&first)
    )
}

fn is_side(fault: &Fault, heard: &Heard) -> bool {
    side(&heard.soon) == fault.side
}

fn is_cause(fault: &Fault, heard: &Heard) -> bool {
    fault.causes.contains(&heard.soon.as_str())
}

/// How many were right, and who was said to be at fault, by who was.
pub(super) fn sum(verdicts: &[(&Fault, Heard)]) -> String {
    let right =
        |is: fn(&Fault, &Heard) -> bool| verdicts.iter().filter(|(fault, heard)| is(fault, heard)).count();
    let mut said: BTreeMap<(Side, Side), usize> = BTreeMap::new();
    for (fault, heard) in verdicts {
        *said.entry((fault.side, side(&heard.soon))).or_default() += 1;
    }
    let sides = [Side::Machine, Side::Uplink, Side::Server, Side::Nobody];
    let mut text = format!(
        "\nRight after {} s: the side in {} of {count}, the cause in {}.\n\n",
        SOON.as_secs(),
        right(is_side),
        right(is_cause),
        count = verdicts.len(),
    );
    text += "| at fault, and said to be | machine | uplink | server | nobody |\n| --- | --- | --- | --- | --- |\n";
    for is in &sides[..3] {
        let counts = sides.map(|told| said.get(&(*is, told)).copied().unwrap_or_default().to_string());
        text += &format!("| {is:?} | {} |\n", counts.join(" | "));
    }
    text
}

/// What was said of `shows` in which nothing is wrong.
pub(super) fn alarms(shows: u64, alarms: &[String]) -> String {
    let codes = alarms.join(", ");
    format!(
        "Of {shows} shows in which nothing is wrong {} had an alarm. {codes}",
        alarms.len()
    )
}
