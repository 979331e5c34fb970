//! The network lab itself: a show over lines that do as they are told, judged at the server.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use tokio::process::Command;
use tokio::sync::Mutex;

const CUT: &str = r#"
title = "two places, one of which vanishes; the line is cut to 400 kbit/s for eight seconds"
seconds = 12
fault = [1, 9]
[[place]]
protocol = "rtmp"
kbps = 1500
[[place]]
protocol = "rtmp"
black_hole = true
[[event]]
at = 1
up = { rate_kbps = 400 }
[[event]]
at = 9
up = { rate_kbps = 20000 }
"#;

const SHARED: &str = r#"
title = "two places through a line that carries one of them and a half"
seconds = 14
fault = [1, 14]
[[place]]
protocol = "rtmp"
kbps = 1500
[[place]]
protocol = "rtmp"
kbps = 1500
[[event]]
at = 1
up = { rate_kbps = 2400 }
"#;

const CABLE: &str = r#"
title = "the cable is out for four seconds"
seconds = 9
fault = [1, 5]
[[place]]
protocol = "rtmp"
kbps = 1500
[[event]]
at = 1
carrier = false
[[event]]
at = 5
carrier = true
"#;

/// What became of a scenario.
struct Ran {
    /// The table's rows, by column.
    rows: Vec<Vec<String>>,
    /// What the studio said.
    studio: String,
    /// All that the lab printed.
    said: String,
}

/// One after the other: what arrives is judged by when it does.
static ALONE: Mutex<()> = Mutex::const_new(());

/// Runs the lab with `args`: what it printed.
async fn lab(args: &[&str]) -> String {
    let mut lab = Command::new(env!("CARGO_BIN_EXE_bench-netlab"));
    lab.args(args).kill_on_drop(true);
    let done = tokio::time::timeout(system_tests::PATIENCE, lab.output())
        .await
        .unwrap()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}{errors}");
    said
}

/// Whether there are no namespaces, and so nothing was run.
fn is_refused(said: &str) -> bool {
    let refused = said.contains("No scenario could be run");
    if refused {
        system_tests::skip(said);
    }
    refused
}

/// Runs a scenario; none where there are no namespaces.
async fn run(name: &str, scenario: &str) -> Option<Ran> {
    let _alone = ALONE.lock().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(format!("{name}.toml")), scenario).unwrap();
    let said = lab(&["--scenarios", folder.path().to_str().unwrap()]).await;
    if is_refused(&said) {
        assert!(said.contains(name), "it names what it could not run: {said}");
        return None;
    }
    let rows = said
        .lines()
        .filter(|line| line.starts_with(&format!("| {name} ")))
        .map(|line| line.split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect();
    let logs = said
        .lines()
        .find_map(|line| line.strip_prefix("What the studio said of each is in "));
    let logs = Path::new(logs.unwrap().trim_end_matches('.'));
    let studio = std::fs::read_to_string(logs.join(format!("{name}.log"))).unwrap();
    Some(Ran { rows, studio, said })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_cut_holds_a_show_up_and_lets_it_go_again() {
    let Some(Ran { rows, said, .. }) = run("cut", CUT).await else {
        return;
    };
    let [sent, vanished] = &rows[..] else {
        panic!("{said}");
    };
    assert_eq!((&*sent[2], &*vanished[2]), ("RTMP", "RTMP, vanishes"), "{said}");
    assert!(sent[3].parse::<u32>().unwrap() > 60, "{said}");
    assert_eq!(vanished[3], "0", "{said}");
    // In the five seconds that count comes at most what the line carried then, and what had waited before: of a picture
    // behind a lost packet all at once.
    let number = |column: usize, unit: &str| -> f64 { sent[column].trim_end_matches(unit).parse().unwrap() };
    let (delay_ms, used) = (number(6, " ms"), number(7, " %"));
    let most = 100.0 * (1.0 + delay_ms / 5e3) + 5.0;
    assert!((20.0..=most).contains(&used), "at most {most} %: {said}");
    assert!(
        sent[10].ends_with(" s line.full"),
        "one warning, and a true one: {said}"
    );
    assert!(vanished[10].ends_with(" s place.unreachable"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_too_small_for_two_is_the_first_ones_and_the_second_gets_a_lower_encode() {
    let Some(Ran { rows, studio, said }) = run("shared", SHARED).await else {
        return;
    };
    let bytes = |row: usize| rows[row][7].trim_end_matches(" %").parse::<f64>().unwrap();
    assert!(bytes(0) > bytes(1), "{said}{studio}");
    assert_eq!(rows[0][4], "0", "the first misses nothing: {said}{studio}");
    assert!(studio.contains("shared=true"), "{studio}");
    assert!(studio.contains("a second, lower encode begins"), "{studio}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cable_that_is_back_finds_another_connection_in_place_of_the_silent_one() {
    let Some(Ran { rows, studio, said }) = run("cable", CABLE).await else {
        return;
    };
    assert!(
        studio.contains("the line is silent: another is tried"),
        "{studio}"
    );
    assert!(
        studio.contains("the connection fell silent: another goes on"),
        "{studio}"
    );
    assert!(rows[0][8].ends_with(" s"), "it came back: {said}");
    assert!(rows[0][10].contains("line.silent"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_before_the_show_finds_what_a_line_carries_and_puts_nobody_on_the_air() {
    let _alone = ALONE.lock().await;
    let said = lab(&["--check", "4000"]).await;
    if is_refused(&said) {
        return;
    }
    let row = said
        .lines()
        .find(|line| line.starts_with("| 4000 "))
        .unwrap_or_else(|| panic!("{said}"));
    let cells: Vec<_> = row.split('|').map(str::trim).collect();
    let number = |cell: &str| -> f64 { cell.split(' ').next().unwrap().parse().unwrap() };
    assert!((3_200.0..4_000.0).contains(&number(cells[2])), "{said}");
    assert_eq!(cells[4], "2 of 3", "{said}");
    // A full queue of 200 ms, and nothing in it.
    let (quiet, full) = (number(cells[5]), number(cells[6]));
    assert!((40.0..120.0).contains(&quiet) && full > quiet + 80.0, "{said}");
    assert!(cells[7].starts_with("check.upload_small"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_names_what_is_wrong_and_who_is_to_blame() {
    let _alone = ALONE.lock().await;
    for (fault, side, said) in [
        ("camera is pulled", "Machine", "source_lost"),
        ("every packet lost", "Uplink", "line.silent"),
        ("server refuses in mid-show", "Server", "place.refused"),
    ] {
        let text = lab(&["--verdict", "1", "--only", fault]).await;
        if is_refused(&text) {
            return;
        }
        let row = format!("| {fault} | {side} | {said} |");
        assert!(text.contains(&row), "{text}");
    }
}
