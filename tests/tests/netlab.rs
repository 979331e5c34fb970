//! The network lab itself: a show over lines that do as they are told, judged at the server.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use tokio::process::Command;

const CUT: &str = r#"
title = "two places, one of which vanishes; the line is cut to 400 kbit/s for four seconds"
seconds = 8
fault = [1, 5]
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
at = 5
up = { rate_kbps = 20000 }
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_cut_holds_a_show_up_and_lets_it_go_again() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("cut.toml"), CUT).unwrap();
    let mut lab = Command::new(env!("CARGO_BIN_EXE_bench-netlab"));
    lab.arg("--scenarios").arg(folder.path()).kill_on_drop(true);
    let done = tokio::time::timeout(system_tests::PATIENCE, lab.output())
        .await
        .unwrap()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}{errors}");
    if said.contains("No scenario could be run") {
        assert!(said.contains("cut"), "it names what it could not run: {said}");
        system_tests::skip(&said);
        return;
    }
    let rows: Vec<Vec<&str>> = said
        .lines()
        .filter(|line| line.starts_with("| cut "))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    let [sent, vanished] = &rows[..] else {
        panic!("{said}{errors}");
    };
    assert_eq!((sent[2], vanished[2]), ("RTMP", "RTMP, vanishes"), "{said}");
    assert!(sent[3].parse::<u32>().unwrap() > 60, "{said}");
    assert_eq!(vanished[3], "0", "{said}");
    // What comes through a line is never more than it carries, but for what waited in it.
    let used: f64 = sent[7].trim_end_matches(" %").parse().unwrap();
    assert!((20.0..=125.0).contains(&used), "{said}");
}
