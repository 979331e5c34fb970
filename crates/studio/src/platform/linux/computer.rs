//! What this computer is, and the words that would tell whose.

use std::path::Path;

use super::machine::files;
use crate::platform::Computer;

/// Words that tell nothing: of folders that all have, and of the user that all have.
const COMMON: [&str; 6] = ["home", "root", "users", "user", "usr", "var"];
/// What is shorter stands in too many other words.
const SHORTEST: usize = 3;

pub(in crate::platform) fn computer() -> Computer {
    let uname = rustix::system::uname();
    let system = files::text("/etc/os-release").and_then(|text| pretty_name(&text));
    let system = system.unwrap_or_else(|| "Linux".into());
    let processor = files::text("/proc/cpuinfo").and_then(|text| model(&text));
    let users = files::text("/etc/passwd").unwrap_or_default();
    let variables =
        ["USER", "LOGNAME", "HOME", "HOSTNAME"].map(|name| std::env::var(name).unwrap_or_default());
    let told = variables.into_iter().chain([
        uname.nodename().to_string_lossy().into_owned(),
        full_name(&users, rustix::process::getuid().as_raw()).unwrap_or_default(),
    ]);
    Computer {
        kernel: uname.release().to_string_lossy().into_owned(),
        processor: processor.unwrap_or_else(|| "unknown".into()),
        memory_mib: super::machine::memory_mib(Path::new("/proc")).unwrap_or_default(),
        private: private(told, &system),
        system,
    }
}

/// What `/etc/os-release` calls the system.
fn pretty_name(text: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(value.trim().trim_matches(['"', '\'']).to_owned())
}

/// The first core's name in `/proc/cpuinfo`.
fn model(text: &str) -> Option<String> {
    let fields = text.lines().filter_map(|line| line.split_once(':'));
    let mut names = fields.filter(|(field, _)| field.trim() == "model name");
    Some(names.next()?.1.trim().to_owned())
}

/// What the user of number `id` is called in `/etc/passwd`.
fn full_name(users: &str, id: u32) -> Option<String> {
    let mut users = users.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let user = users.find(|fields| fields.get(2).is_some_and(|own| own.parse() == Ok(id)))?;
    user.get(4).map(|name| (*name).to_owned())
}

/// Each word of `told` that tells something; not what everybody's `system` is called.
fn private(told: impl Iterator<Item = String>, system: &str) -> Vec<String> {
    let system = system.to_lowercase();
    let mut words: Vec<_> = told
        .flat_map(|text| {
            let words = text.split(|c: char| !c.is_alphanumeric());
            words.map(str::to_lowercase).collect::<Vec<_>>()
        })
        .filter(|word| word.chars().count() >= SHORTEST && !COMMON.contains(&word.as_str()))
        .filter(|word| !system.contains(word.as_str()))
        .collect();
    words.sort();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_computer_is_told() {
        let Computer {
            system,
            kernel,
            memory_mib,
            ..
        } = computer();
        assert!(!system.is_empty() && !kernel.is_empty() && memory_mib > 100);
    }

    #[test]
    fn the_files_are_read_as_they_are_written() {
        let release = "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n";
        assert_eq!(pretty_name(release).unwrap(), "Debian GNU/Linux 12 (bookworm)");
        let cores = "processor\t: 0\nmodel name\t: Some CPU @ 3.00GHz\nmodel name\t: Other\n";
        assert_eq!(model(cores).unwrap(), "Some CPU @ 3.00GHz");
        assert_eq!(model("processor: 0"), None);
        let users =
            "root:x:0:0:root:/root:/bin/sh\nanna:x:1000:1000:Anna Berg,,,:/home/anna:/bin/bash\nbroken\n";
        assert_eq!(full_name(users, 1000).unwrap(), "Anna Berg,,,");
        assert_eq!(full_name(users, 7), None);
    }

    #[test]
    fn whose_it_is_is_private_but_not_what_all_have() {
        let told = [
            "anna",
            "/home/anna/work",
            "Debian",
            "Bergs-Laptop",
            "Anna Berg,,,",
            "",
            "x",
        ]
        .map(str::to_owned);
        let words = private(told.into_iter(), "Debian GNU/Linux 12");
        assert_eq!(words, ["anna", "berg", "bergs", "laptop", "work"]);
    }
}
