//! The texts of a package: `@NAME@` is filled in.

/// `text` with each `@NAME@` of `values` filled in.
///
/// Refuses a text that has others, which would reach people as they are.
pub(super) fn fill(text: &str, values: &[(&str, &str)]) -> Result<String, String> {
    let filled = values.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(&format!("@{name}@"), value)
    });
    match left(&filled) {
        Some(name) => Err(format!("nothing says what @{name}@ is")),
        None => Ok(filled),
    }
}

/// The first `@NAME@` of capital letters in `text`.
fn left(text: &str) -> Option<&str> {
    let parts: Vec<&str> = text.split('@').collect();
    let name = |part: &&&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    let inner = parts.get(1..parts.len().saturating_sub(1)).unwrap_or_default();
    inner.iter().find(name).copied()
}

#[cfg(test)]
mod tests {
    use super::super::Package;
    use super::*;

    const VALUES: &[(&str, &str)] = &[
        ("VERSION", "1.2.3"),
        ("ARCHITECTURE", "amd64"),
        ("SIZE", "42"),
        ("LIBRARIES", "libc6 (>= 2.36)"),
        ("DATE", "2026-01-01"),
    ];

    #[test]
    fn names_are_filled_in_and_unknown_ones_refused() {
        assert_eq!(
            fill("Version: @VERSION@\nfor a@b.example", VALUES).unwrap(),
            "Version: 1.2.3\nfor a@b.example"
        );
        assert!(fill("Depends: @LIBS@\n", VALUES).unwrap_err().contains("LIBS"));
    }

    /// Fields of a control file, continuation lines joined.
    fn fields(text: &str) -> Vec<(String, String)> {
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in text.lines() {
            match (line.strip_prefix(' '), fields.last_mut()) {
                (Some(more), Some((_, value))) => *value += &format!("\n{more}"),
                _ => {
                    let (name, value) = line.split_once(": ").unwrap();
                    fields.push((name.into(), value.into()));
                }
            }
        }
        fields
    }

    #[test]
    fn control_files_have_what_debian_asks_for() {
        for package in Package::ALL {
            let text = std::fs::read_to_string(package.folder().join("control")).unwrap();
            let text = fill(&text, VALUES).unwrap();
            assert!(text.ends_with('\n') && !text.contains("\n\n"));
            let fields = fields(&text);
            let get = |name: &str| {
                let found = fields.iter().find(|(n, _)| n == name);
                found.map(|(_, value)| value.as_str()).unwrap_or_default()
            };
            assert_eq!(get("Package"), package.name());
            assert_eq!(get("Version"), "1.2.3");
            assert!(get("Depends").contains("libc6 (>= 2.36)"));
            assert!(get("Maintainer").contains('<'));
            let (first, rest) = get("Description").split_once('\n').unwrap();
            assert!(first.len() < 80 && !first.ends_with('.'), "{first}");
            assert!(rest.lines().all(|l| !l.is_empty() && l.len() <= 80));
        }
    }

    #[test]
    fn the_studio_names_what_it_loads_while_running() {
        let text = std::fs::read_to_string(Package::Studio.folder().join("control")).unwrap();
        for package in [
            "ca-certificates",
            "gstreamer1.0-plugins-base",
            "gstreamer1.0-plugins-good",
            "gstreamer1.0-plugins-ugly",
            "gstreamer1.0-libav",
            "libvulkan1",
            "mesa-vulkan-drivers | vulkan-icd",
        ] {
            assert!(text.contains(package), "{package}");
        }
    }

    #[test]
    fn the_server_recommends_what_its_workers_load() {
        let text = std::fs::read_to_string(Package::Server.folder().join("control")).unwrap();
        let fields = fields(&text);
        let recommended = fields.iter().find(|(name, _)| name == "Recommends");
        let recommended = recommended.map(|(_, value)| value.as_str()).unwrap_or_default();
        for package in [
            "plugins-base",
            "plugins-good",
            "plugins-bad",
            "plugins-ugly",
            "libav",
        ] {
            assert!(
                recommended.contains(&format!("gstreamer1.0-{package}")),
                "{package}"
            );
        }
    }

    #[test]
    fn the_server_listens_on_this_machine_alone_until_it_is_told_otherwise() {
        let text = std::fs::read_to_string(Package::Server.folder().join("server.toml")).unwrap();
        let addresses: Vec<&str> = text.lines().filter(|l| l.contains(" = \"127.0.0.1:")).collect();
        assert_eq!(addresses.len(), 3, "{text}");
        // Comments show how it is told.
        let mut said = text.lines().filter(|line| !line.starts_with('#'));
        assert!(said.all(|line| !line.contains("0.0.0.0")), "{text}");
        let script = std::fs::read_to_string(Package::Server.folder().join("postinst")).unwrap();
        assert!(!script.contains("systemctl enable") && !script.contains("systemctl start"));
    }

    #[test]
    fn the_desktop_entry_names_its_program_and_icon_in_both_languages() {
        let entry = Package::Studio.folder().join("studio.anchor.Studio.desktop");
        let text = std::fs::read_to_string(&entry).unwrap();
        for line in [
            "[Desktop Entry]",
            "Name=Anchor Studio",
            "Exec=anchor-studio-desktop",
            "Icon=studio.anchor.Studio",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}");
        }
        for key in ["Name", "Comment", "GenericName", "Keywords"] {
            let translated = text.lines().any(|l| l.starts_with(&format!("{key}[zh_CN]=")));
            assert!(translated, "{key}");
        }
        let metainfo = entry.with_file_name("studio.anchor.Studio.metainfo.xml");
        let metainfo = fill(&std::fs::read_to_string(metainfo).unwrap(), VALUES).unwrap();
        assert!(metainfo.contains("studio.anchor.Studio.desktop</launchable>"));
        assert!(metainfo.contains("version=\"1.2.3\" date=\"2026-01-01\""));
        validated(&entry);
    }

    /// Debian's own check of a desktop entry, where it is installed.
    fn validated(entry: &std::path::Path) {
        let Some(program) = crate::places::program("desktop-file-validate") else {
            println!("skipped: desktop-file-utils is not installed: the desktop entry was not validated");
            return;
        };
        let out = std::process::Command::new(program).arg(entry).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stdout));
    }
}
