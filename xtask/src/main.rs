//! Every task a person runs: `cargo xtask <task>`.
//!
//! It has hardly a dependency, so it starts at once, and looks before it builds.

mod bench;
mod bundle;
mod child;
mod demo;
mod fuzz;
mod http;
mod live;
mod needs;
mod netlab;
mod peers;
mod places;
mod rules;
mod signals;
mod test;
mod verdict;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask live [--demo | --fixtures] [--headless] [--for SECONDS] [--watch]   companion server and studio
                                      (in a window where there is a display; prints where to watch; --demo: the
                                      bundled show; --fixtures: preload camera and null sink; --headless: no window;
                                      --watch: a browser without a window looks on, to time the first picture)
cargo xtask test [--fast]                                every check and test (--fast: format, lints, pure crates)
cargo xtask bench NAME                                   figures: frames, obs, delay, lips, viewers, cuts, ...
cargo xtask netlab [--full] [--obs] [--only SCENARIO]    shows over bad lines: each scenario once, shortened (--full:
                                      three times, in full; --obs: OBS beside it)
cargo xtask verdict [--only FAULT]                       faults made for real, and what the studio says of each
cargo xtask fuzz [PARSER...] [--inputs N] [--seconds S] [--seed X] [--replay FILE] | --record
                                      mutated recordings for every parser of the network (--record: makes them anew)
cargo xtask bundle [studio | server] [--check]           Debian packages (--check: tried in a clean Debian, as root)
cargo xtask demo                                         draws the bundled demo show anew";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match words.split_first() {
        Some((&"live", rest)) => live::run(rest),
        Some((&"test", rest)) => test::run(rest),
        Some((&"bench", rest)) => bench::run(rest),
        Some((&"netlab", rest)) => netlab::run(rest),
        Some((&"verdict", rest)) => verdict::run(rest),
        Some((&"fuzz", rest)) => fuzz::run(rest),
        Some((&"bundle", rest)) => bundle::run(rest),
        Some((&"demo", _)) => demo::run(),
        Some((&("help" | "-h" | "--help"), _)) | None => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Some((other, _)) => Err(format!("there is no task '{other}'\n{HELP}")),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(sentence) => {
            eprintln!("error: {sentence}");
            ExitCode::FAILURE
        }
    }
}
