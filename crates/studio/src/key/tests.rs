//! Named keys with a keyring, without one, and with files that were tampered with.

use std::cell::RefCell;
use std::collections::HashMap;

use super::keyring::NoAnswer;
use super::*;

/// A keyring in memory, absent or locked when told so.
#[derive(Default)]
struct Ringed {
    kept: RefCell<HashMap<String, String>>,
    absent: bool,
    locked: bool,
}

impl Ring for Ringed {
    fn get(&self, name: &str) -> Result<Option<String>, NoAnswer> {
        match (self.absent, self.locked) {
            (true, _) => Ok(None),
            (_, true) => Err(NoAnswer),
            _ => Ok(self.kept.borrow().get(name).cloned()),
        }
    }

    fn set(&self, name: &str, text: &str) -> bool {
        let takes = !self.absent && !self.locked;
        if takes {
            self.kept.borrow_mut().insert(name.into(), text.into());
        }
        takes
    }
}

fn at(folder: &Path, ring: Ringed) -> Store<Ringed> {
    let sealed = Sealed::new(folder.join("config/keys"), folder.join("data/seal"));
    Store { ring, sealed }
}

fn without_keyring(folder: &Path) -> Store<Ringed> {
    let absent = Ringed {
        absent: true,
        ..Ringed::default()
    };
    at(folder, absent)
}

fn secret(text: &str) -> Secret {
    Secret::from(text)
}

#[test]
fn a_key_is_the_first_line_and_never_printed() {
    let key = from_text("  live_secret \n").unwrap();
    assert_eq!(key.expose(), "live_secret");
    assert!(!format!("{key:?}").contains("secret"));
    assert!(from_text(" \n").is_none());
}

#[test]
fn without_a_keyring_a_key_is_sealed_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = without_keyring(folder.path());
    let path = folder.path().join("config/keys/shop.sealed");
    assert_eq!(
        store.put("shop", &secret("live_abc")).unwrap(),
        Stored::File(path.clone())
    );
    assert_eq!(store.get("shop").unwrap().expose(), "live_abc");
    assert_eq!(
        without_keyring(folder.path()).get("shop").unwrap().expose(),
        "live_abc"
    );
    let bytes = std::fs::read(&path).unwrap();
    assert!(!bytes.windows(8).any(|w| w == b"live_abc"));
    store.put("shop", &secret("live_def")).unwrap();
    assert_eq!(store.get("shop").unwrap().expose(), "live_def");
    assert_eq!(store.get("other").unwrap_err().code(), "key.missing");
}

#[test]
#[cfg(unix)]
fn both_halves_belong_to_this_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    without_keyring(folder.path()).put("shop", &secret("a")).unwrap();
    let mode = |part: &str| {
        let meta = std::fs::metadata(folder.path().join(part)).unwrap();
        meta.permissions().mode() & 0o777
    };
    assert_eq!(mode("config/keys/shop.sealed"), 0o600);
    assert_eq!(mode("data/seal"), 0o600);
    assert_eq!(mode("config/keys"), 0o700);
    assert_eq!(
        std::fs::metadata(folder.path().join("data/seal")).unwrap().len(),
        32
    );
    for part in ["config/keys", "data"] {
        let there = std::fs::read_dir(folder.path().join(part)).unwrap().count();
        assert_eq!(there, 1, "{part} holds a draft");
    }
}

#[test]
fn a_changed_cut_or_swapped_file_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let store = without_keyring(folder.path());
    store.put("shop", &secret("live_abc")).unwrap();
    let path = folder.path().join("config/keys/shop.sealed");
    let whole = std::fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        std::fs::write(&path, &changed).unwrap();
        assert_eq!(store.get("shop").unwrap_err().code(), "key.damaged", "byte {at}");
        std::fs::write(&path, &whole[..at]).unwrap();
        assert_eq!(
            store.get("shop").unwrap_err().code(),
            "key.damaged",
            "cut at {at}"
        );
    }
    std::fs::write(&path, &whole).unwrap();
    std::fs::copy(&path, folder.path().join("config/keys/other.sealed")).unwrap();
    assert_eq!(store.get("other").unwrap_err().code(), "key.damaged");
    assert_eq!(store.get("shop").unwrap().expose(), "live_abc");
}

#[test]
fn a_copied_settings_folder_opens_nothing_and_takes_new_keys() {
    let folder = tempfile::tempdir().unwrap();
    let store = without_keyring(folder.path());
    store.put("shop", &secret("live_abc")).unwrap();
    let seal = folder.path().join("data/seal");
    std::fs::remove_file(&seal).unwrap();
    let error = store.get("shop").unwrap_err();
    assert_eq!(error.code(), "key.damaged");
    assert!(error.to_string().contains("key set shop"), "{error}");
    assert!(!seal.exists(), "looking makes no secret");
    std::fs::write(&seal, "short").unwrap();
    assert_eq!(store.get("shop").unwrap_err().code(), "key.damaged");
    store.put("shop", &secret("live_def")).unwrap();
    assert_eq!(store.get("shop").unwrap().expose(), "live_def");
}

#[test]
fn a_plain_file_of_an_earlier_version_is_read_once_and_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let store = without_keyring(folder.path());
    let plain = folder.path().join("config/keys/shop");
    std::fs::create_dir_all(plain.parent().unwrap()).unwrap();
    std::fs::write(&plain, "live_abc\n").unwrap();
    assert_eq!(store.get("shop").unwrap().expose(), "live_abc");
    assert!(!plain.exists());
    assert_eq!(store.get("shop").unwrap().expose(), "live_abc");
    std::fs::write(folder.path().join("config/keys/empty"), "\n").unwrap();
    assert_eq!(store.get("empty").unwrap_err().code(), "key.file");
}

#[test]
fn the_newest_key_counts_when_the_keyring_comes_and_goes() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = at(folder.path(), Ringed::default());
    assert_eq!(store.put("shop", &secret("first")).unwrap(), Stored::Keyring);
    assert_eq!(store.get("shop").unwrap().expose(), "first");
    assert!(
        !folder.path().join("config").exists(),
        "the keyring needs no file"
    );

    store.ring.locked = true;
    let locked = store.get("shop").unwrap_err();
    assert_eq!(locked.code(), "key.locked");
    assert!(matches!(
        store.put("shop", &secret("second")).unwrap(),
        Stored::File(_)
    ));
    store.ring.locked = false;
    assert_eq!(store.get("shop").unwrap().expose(), "second");

    assert_eq!(store.put("shop", &secret("third")).unwrap(), Stored::Keyring);
    assert_eq!(store.get("shop").unwrap().expose(), "third");
    assert!(!folder.path().join("config/keys/shop.sealed").exists());
}

#[test]
fn two_who_make_the_secret_at_once_use_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let start = std::sync::Barrier::new(4);
    std::thread::scope(|scope| {
        for n in 0..4 {
            let (folder, start) = (folder.path(), &start);
            let put = move || {
                let store = without_keyring(folder);
                start.wait();
                store.put(&format!("key{n}"), &secret("live_abc")).unwrap();
            };
            std::thread::Builder::new().spawn_scoped(scope, put).unwrap();
        }
    });
    let store = without_keyring(folder.path());
    for n in 0..4 {
        assert_eq!(store.get(&format!("key{n}")).unwrap().expose(), "live_abc");
    }
}

#[test]
fn what_is_missing_is_said_with_a_code() {
    let missing = fetch(&KeyRef::Env("ANCHOR_NO_SUCH_VARIABLE".into())).unwrap_err();
    assert_eq!(missing.code(), "key.missing");
    assert_eq!(
        fetch(&KeyRef::Keyring("../etc".into())).unwrap_err().code(),
        "key.name"
    );
    let no_file = fetch(&KeyRef::File("/nowhere/at/all".into())).unwrap_err();
    assert_eq!(no_file.code(), "key.file");
}

#[test]
fn where_a_key_is_and_what_that_protects_is_said() {
    let file = Stored::File("/home/a/.config/anchor-studio/keys/shop.sealed".into());
    let sentence = file.sentence("shop");
    assert!(sentence.contains("/home/a/.config/anchor-studio/keys/shop.sealed"));
    assert!(sentence.contains("whoever can read all your files can take it"));
    assert!(Stored::Keyring.sentence("shop").contains("keyring"));
}
