//! `cargo xtask verdict [--only FAULT]`: faults made for real, what the studio says of each, and that it is silent where nothing is
//! wrong.

use crate::bench;

/// Each fault, or one, with three seeds.
pub(crate) fn run(args: &[&str]) -> Result<bool, String> {
    bench::run(&[&["netlab", "--verdict", "3"], words(args)?].concat())
}

fn words<'a>(args: &'a [&'a str]) -> Result<&'a [&'a str], String> {
    match args {
        [] | ["--only", _] => Ok(args),
        ["--only"] => Err("--only needs a fault's name".to_owned()),
        _ => Err(format!(
            "`cargo xtask verdict` knows --only FAULT, not '{}'",
            args.join(" ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_fault_or_all() {
        assert!(words(&[]).unwrap().is_empty());
        assert_eq!(
            words(&["--only", "cable pulled"]).unwrap(),
            ["--only", "cable pulled"]
        );
        assert!(words(&["--only"]).is_err() && words(&["--full"]).is_err());
    }
}
