use super::*;

const CUT: &str = r#"
title = "a cut"
seconds = 50
short = 40
fault = [10, 32]
[[place]]
protocol = "rtmp"
[[event]]
at = 10
up = { rate_kbps = 900 }
[[event]]
at = 32
up = { rate_kbps = 20000 }
"#;

fn read(text: &str) -> Result<Scenario, String> {
    let scenario: Scenario = toml::from_str(text).map_err(|e| e.to_string())?;
    scenario.check().map(|()| scenario)
}

#[test]
fn a_scenario_says_what_the_line_carries_at_every_moment() {
    let scenario = read(CUT).unwrap();
    assert_eq!(
        [9.9, 10.0, 31.9, 32.0].map(|at| scenario.rate_kbps(at)),
        [20_000.0, 900.0, 900.0, 20_000.0]
    );
    assert!((scenario.kilobits(8.0, 12.0) - 41_800.0).abs() < 1.0);
    assert_eq!(scenario.places[0].kbps, 2_500);
    assert_eq!(
        [true, false].map(|full| scenario.length(full).as_secs()),
        [50, 40]
    );
}

#[test]
fn a_line_that_is_down_or_not_the_route_carries_nothing() {
    let text = format!(
        "{CUT}[[event]]\nat = 40\ncarrier = false\n[[event]]\nat = 45\nline = 1\nroute = true\n\
         [[line]]\n[[line]]\nup = {{ rate_kbps = 700 }}\n"
    );
    let scenario = read(&text).unwrap();
    assert_eq!(
        [39.0, 41.0, 46.0].map(|at| scenario.rate_kbps(at)),
        [20_000.0, 0.0, 700.0]
    );
}

#[test]
fn what_makes_no_sense_is_said() {
    for (wrong, words) in [
        ("title = \"x\"\nseconds = 5\nplace = []", "needs a place"),
        (&*format!("{CUT}[[event]]\nat = 3\n"), "not in order"),
        (&format!("{CUT}[[event]]\nat = 90\n"), "not within it"),
        (&format!("{CUT}[[event]]\nat = 33\nline = 1\n"), "no line 1"),
        (&CUT.replace("short = 40", "short = 60"), "no part of it"),
        (&CUT.replace("rate_kbps", "rate"), "unknown field"),
    ] {
        let said = read(wrong).unwrap_err();
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn every_scenario_that_comes_with_the_lab_can_be_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let all: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| Scenario::load(&entry.unwrap().path()).unwrap())
        .collect();
    assert!(all.len() >= 10, "{}", all.len());
    let short: Duration = all.iter().map(|scenario| scenario.length(false)).sum();
    // Starting and judging come to it: 20 minutes for all.
    assert!(short < Duration::from_secs(14 * 60), "{short:?}");
}
