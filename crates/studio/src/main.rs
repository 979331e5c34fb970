//! `anchor-studio`: runs a show from a file.

fn main() -> std::process::ExitCode {
    studio::cli::main()
}
