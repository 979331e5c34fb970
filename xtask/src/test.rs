//! `cargo xtask test`: every check and test, ending with `N passed, N failed`.

mod failures;

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::{child, needs, peers, places, rules};

/// Crates that decide and do not wait: what `--fast` tests.
const PURE: &[&str] = &[
    "media",
    "container",
    "packager",
    "uplink",
    "sound",
    "rtmp",
    "support",
    "api",
];

/// The sum of all steps.
#[derive(Default)]
struct Count {
    passed: u64,
    failed: u64,
    skipped: Vec<String>,
    /// The tests that failed, each with what it said.
    failures: Vec<failures::Failure>,
}

struct Run {
    count: Count,
    log: PathBuf,
}

/// Runs all checks, or with `--fast` those for before a commit.
pub(crate) fn run(args: &[&str]) -> Result<bool, String> {
    let fast = match args {
        [] => false,
        ["--fast"] => true,
        other => {
            return Err(format!(
                "`cargo xtask test` knows --fast, not '{}'",
                other.join(" ")
            ));
        }
    };
    needs::toolchain()?;
    needs::disk(if fast { 2 } else { 12 })?;
    needs::packages(&[needs::BUILD, needs::WINDOW].concat())?;
    if !fast {
        needs::packages(&[needs::FIXTURES, needs::TEST].concat())?;
    }
    let log = places::target().join(if fast { "test-fast.log" } else { "test.log" });
    std::fs::create_dir_all(places::target()).map_err(|e| format!("{}: {e}", places::target().display()))?;
    let _ = std::fs::remove_file(&log);
    let mut run = Run {
        count: Count::default(),
        log,
    };
    run.all(fast)?;
    Ok(run.close())
}

impl Run {
    fn all(&mut self, fast: bool) -> Result<(), String> {
        let began = Instant::now();
        self.pages(fast)?;
        self.rules();
        if has("cargo-fmt") {
            self.check("format", cargo(&["fmt", "--all", "--check"]), 2)?;
        } else {
            self.skip("rustfmt is not installed on this machine: the format was not checked");
        }
        if has("cargo-clippy") {
            let args = [
                "clippy",
                "--workspace",
                "--all-targets",
                "--locked",
                "--",
                "-D",
                "warnings",
            ];
            self.check("lints", cargo(&args), 40)?;
        } else {
            self.skip("clippy is not installed on this machine: lints were not checked");
        }
        if fast {
            let mut args = vec!["test", "--locked"];
            args.extend(PURE.iter().flat_map(|p| ["-p", p]));
            self.tests("pure crates", cargo(&args), 20)?;
        } else {
            self.supply_chain()?;
            self.check(
                "programs and fixtures",
                cargo(&[
                    "build",
                    "--workspace",
                    "--locked",
                    "--bins",
                    "--lib",
                    "--examples",
                ]),
                40,
            )?;
            let args = [
                "test",
                "--workspace",
                "--locked",
                "--no-fail-fast",
                "--",
                "--show-output",
            ];
            self.peers()?;
            // What was built for the whole workspace has its features; a package by itself would be built anew.
            let mut tests = cargo(&args);
            tests
                .env("ANCHOR_BUILT", "1")
                .env("ANCHOR_PEERS", peers::folder());
            self.tests("tests", tests, 60)?;
        }
        println!(
            "  {} s in all; the whole output is in {}",
            began.elapsed().as_secs(),
            self.log.display()
        );
        Ok(())
    }

    /// The pages come before any cargo command: the server carries them inside.
    fn pages(&mut self, fast: bool) -> Result<(), String> {
        let ui = places::root().join("ui");
        if !fast || !ui.join("node_modules").exists() {
            self.check(
                "libraries of the pages",
                npm("ui", &["ci", "--no-audit", "--no-fund"]),
                10,
            )?;
        }
        if !fast {
            self.check(
                "players of others, for the tests",
                npm("tests/js", &["ci", "--no-audit", "--no-fund"]),
                10,
            )?;
        }
        if !fast || !ui.join("dist/watch.html").exists() {
            self.check("pages", npm("ui", &["run", "build"]), 5)?;
        }
        if !fast {
            self.check("types of the pages", npm("ui", &["run", "check"]), 5)?;
            self.tests("pages' own tests", npm("ui", &["test"]), 5)?;
        }
        Ok(())
    }

    fn rules(&mut self) {
        for (name, found) in rules::check() {
            if found.is_empty() {
                self.count.passed += 1;
                continue;
            }
            self.count.failed += 1;
            println!("  FAILED  {name}");
            found.iter().for_each(|line| println!("    {line}"));
        }
    }

    fn supply_chain(&mut self) -> Result<(), String> {
        let deny = places::tools().join("bin/cargo-deny");
        let deny = if deny.exists() {
            Some(deny)
        } else {
            places::program("cargo-deny")
        };
        let deny = match deny {
            Some(path) => path,
            None => {
                println!(
                    "  Installing cargo-deny into {} (once, some minutes)",
                    places::tools().display()
                );
                let mut install = cargo(&["install", "cargo-deny", "--locked", "--root"]);
                install
                    .arg(places::tools())
                    .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
                install
                    .env("CARGO_PROFILE_RELEASE_LTO", "off")
                    .env("CARGO_TARGET_DIR", places::target().join("tools"));
                self.check("cargo-deny installs", install, 30)?;
                places::tools().join("bin/cargo-deny")
            }
        };
        // The graph of every platform is looked at, so their libraries have to be at hand too.
        self.check("libraries of every platform", cargo(&["fetch", "--locked"]), 15)?;
        let mut command = Command::new(deny);
        command
            .current_dir(places::root())
            .args(["--offline", "check", "bans", "licenses", "sources"]);
        self.check("licences, bans and sources of libraries", command, 5)?;
        self.skip("advisories of libraries: their database is not on this machine");
        Ok(())
    }

    /// Programs to test against: without one its tests are skipped, and say so.
    fn peers(&mut self) -> Result<(), String> {
        for (name, command) in peers::missing() {
            if !self.step(name, command, 15)?.ok {
                self.skip(&format!("{name}: it could not be had"));
            }
        }
        Ok(())
    }

    /// A step that passes or fails as a whole.
    fn check(&mut self, name: &str, command: Command, minutes: u64) -> Result<(), String> {
        let finished = self.step(name, command, minutes)?;
        self.note(name, finished.ok, 1, u64::from(!finished.ok), &finished.lines);
        Ok(())
    }

    /// A step that prints how many tests passed and failed.
    fn tests(&mut self, name: &str, command: Command, minutes: u64) -> Result<(), String> {
        let finished = self.step(name, command, minutes)?;
        let (passed, failed) = counted(&finished.lines);
        let skips = finished
            .lines
            .iter()
            .filter(|l| l.trim_start().starts_with("skipped:"));
        self.count
            .skipped
            .extend(skips.map(|l| l.trim().trim_start_matches("skipped:").trim().to_owned()));
        let failed = if finished.ok || failed > 0 { failed } else { 1 };
        self.note(
            name,
            finished.ok && passed > 0,
            passed,
            failed.max(u64::from(passed == 0)),
            &finished.lines,
        );
        Ok(())
    }

    fn step(&mut self, name: &str, command: Command, minutes: u64) -> Result<child::Finished, String> {
        println!("  ...     {name}");
        let began = Instant::now();
        let finished = child::run(command, &self.log, Duration::from_secs(minutes * 60), failed_test)?;
        println!(
            "  {}  {name} ({} s)",
            if finished.ok { "ok    " } else { "FAILED" },
            began.elapsed().as_secs()
        );
        Ok(finished)
    }

    fn note(&mut self, name: &str, ok: bool, passed: u64, failed: u64, lines: &[String]) {
        self.count.failed += failed;
        self.count.passed += if ok || passed > 1 { passed } else { 0 };
        let failures = failures::read(lines);
        if !ok && failures.is_empty() {
            println!("  ---- the end of what '{name}' printed");
            let from = lines.len().saturating_sub(120);
            lines[from..].iter().for_each(|l| println!("    {l}"));
        }
        self.count.failures.extend(failures);
    }

    fn skip(&mut self, why: &str) {
        self.count.skipped.push(why.to_owned());
    }

    fn close(self) -> bool {
        let Count {
            passed,
            failed,
            mut skipped,
            failures,
        } = self.count;
        failures
            .iter()
            .for_each(|failure| println!("  FAILED  {failure}"));
        skipped.sort();
        skipped.dedup();
        skipped.iter().for_each(|why| println!("  skipped: {why}"));
        if skipped.is_empty() {
            println!("{passed} passed, {failed} failed");
        } else {
            println!("{passed} passed, {failed} failed, {} skipped", skipped.len());
        }
        failed == 0
    }
}

fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .current_dir(places::root())
        .args(args)
        .env("CARGO_TERM_COLOR", "never");
    command
}

fn npm(folder: &str, args: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command
        .current_dir(places::root().join(folder))
        .args(args)
        .env("CI", "true")
        .env("NO_COLOR", "1");
    command
}

fn has(cargo_tool: &str) -> bool {
    places::program(cargo_tool).is_some()
        && cargo(&[cargo_tool.trim_start_matches("cargo-"), "--version"])
            .output()
            .is_ok_and(|o| o.status.success())
}

/// Lines worth showing while the tests run.
fn failed_test(line: &str) -> bool {
    line.contains("... FAILED") || line.starts_with("error: test failed") || line.starts_with("error[E")
}

/// Sums the closing lines of libtest (`test result: ok. 3 passed; 0 failed; …`) and vitest (`Tests  3 passed (3)`).
fn counted(lines: &[String]) -> (u64, u64) {
    let mut sum = (0, 0);
    for line in lines.iter().map(|l| l.trim()) {
        if line.starts_with("test result:") || line.starts_with("Tests ") {
            sum.0 += before(line, "passed");
            sum.1 += before(line, "failed");
        }
    }
    sum
}

/// The number that stands before `word` in `line`; 0 when there is none.
fn before(line: &str, word: &str) -> u64 {
    let words: Vec<&str> = line
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect();
    words
        .windows(2)
        .find(|w| w[1] == word)
        .and_then(|w| w[0].parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_both_runners_are_summed() {
        let lines = [
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s",
            "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out",
            "      Tests  1 failed | 7 passed (8)",
        ];
        assert_eq!(counted(&lines.map(str::to_owned)), (21, 4));
    }
}
