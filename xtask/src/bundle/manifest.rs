//! `installer/*/files`: what goes where in a package.

/// One file of a package.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) from: From,
    /// Its place below the root; with `.gz` at its end it is compressed.
    pub(super) to: String,
    pub(super) mode: u32,
}

/// Where a file comes from.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum From {
    /// A program that was built; it is stripped.
    Built(String),
    /// A file of the repository.
    Source(String),
}

impl Item {
    /// Whether it is packed with gzip.
    pub(super) fn compressed(&self) -> bool {
        self.to.ends_with(".gz")
    }
}

/// Reads lines of `FROM TO MODE`; `#` begins a comment.
pub(super) fn parse(text: &str) -> Result<Vec<Item>, String> {
    let lines = text.lines().map(|l| l.split('#').next().unwrap_or("").trim());
    lines.filter(|l| !l.is_empty()).map(item).collect()
}

fn item(line: &str) -> Result<Item, String> {
    let mut words = line.split_whitespace();
    let (Some(from), Some(to), Some(mode), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(format!("'{line}' is not FROM TO MODE"));
    };
    let inside = |path: &str| !path.starts_with('/') && path.split('/').all(|p| !p.is_empty() && p != "..");
    if !inside(to) || !inside(from) {
        return Err(format!("'{line}' leaves its root"));
    }
    let mode = match mode {
        "0644" => 0o644,
        "0755" => 0o755,
        other => return Err(format!("'{other}' is no mode for a package's file: 0644 or 0755")),
    };
    let from = match from.strip_prefix("bin:") {
        Some(program) => From::Built(program.to_owned()),
        None => From::Source(from.to_owned()),
    };
    Ok(Item {
        from,
        to: to.to_owned(),
        mode,
    })
}

#[cfg(test)]
mod tests {
    use super::super::Package;
    use super::*;
    use crate::places;

    #[test]
    fn a_line_names_a_program_or_a_file_its_place_and_its_mode() {
        let items =
            parse("# from to mode\n\nbin:a usr/bin/a 0755\nx/b.1 usr/share/b.1.gz 0644 # why\n").unwrap();
        assert_eq!(
            items[0],
            Item {
                from: From::Built("a".into()),
                to: "usr/bin/a".into(),
                mode: 0o755
            }
        );
        assert_eq!(items[1].from, From::Source("x/b.1".into()));
        assert!(items[1].compressed() && !items[0].compressed());
    }

    #[test]
    fn lines_that_mean_something_else_are_refused() {
        for line in [
            "a b",
            "a b 0644 c",
            "a /b 0644",
            "../a b 0644",
            "a b/../../c 0644",
            "a b 4755",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn every_file_that_a_package_names_is_in_the_repository() {
        for package in Package::ALL {
            let text = std::fs::read_to_string(package.folder().join("files")).unwrap();
            let items = parse(&text).unwrap();
            assert!(items.iter().any(|i| matches!(i.from, From::Built(_))));
            for item in items {
                if let From::Source(path) = item.from {
                    assert!(places::root().join(&path).is_file(), "{path}");
                }
            }
        }
    }
}
