//! `cargo xtask netlab [--full] [--obs] [--only NAME] [--check]`: the network lab's scenarios and their table.

use crate::bench;

/// Runs each scenario once, shortened where it can be; `--full` three times and in full; `--obs` with OBS beside; `--check` the check
/// before a show instead, over lines of known rates.
pub(crate) fn run(args: &[&str]) -> Result<bool, String> {
    bench::run(&[&["netlab"], &words(args)?[..]].concat())
}

/// The words for the program that runs them.
fn words<'a>(args: &[&'a str]) -> Result<Vec<&'a str>, String> {
    let (mut args, mut words) = (args.iter(), Vec::new());
    while let Some(arg) = args.next() {
        match *arg {
            "--full" => words.extend(["--full", "yes", "--runs", "3"]),
            "--obs" => words.extend(["--obs", "yes"]),
            "--check" => words.extend(["--check", "2000,4000,6000,20000"]),
            "--only" => words.extend(["--only", args.next().ok_or("--only needs a scenario's name")?]),
            other => {
                return Err(format!(
                    "`cargo xtask netlab` knows --full, --obs, --only, --check, not '{other}'"
                ));
            }
        }
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_say_becomes_what_the_program_takes() {
        assert_eq!(
            words(&["--full", "--only", "cut-srt"]).unwrap(),
            ["--full", "yes", "--runs", "3", "--only", "cut-srt"]
        );
        assert!(words(&["--only"]).is_err() && words(&["--fast"]).is_err());
        assert!(words(&[]).unwrap().is_empty());
    }
}
