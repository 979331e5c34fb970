use super::*;

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

#[test]
fn a_key_is_found_by_its_text_and_kept_as_a_hash() {
    let dir = tempfile::tempdir().unwrap();
    let mut keys = Keys::default();
    let text = keys.add(&name("show"), Utc(0)).unwrap();
    let other = keys.add(&name("other"), Utc(0)).unwrap();
    keys.write(dir.path()).unwrap();

    let kept = fs::read_to_string(dir.path().join("keys.toml")).unwrap();
    assert!(!kept.contains(&text) && kept.contains("1970-01-01T00:00:00.000Z"));
    let keys = Keys::read(dir.path()).unwrap();
    assert_eq!(keys.find(&text), Some(name("show")));
    assert_eq!(keys.find(&other), Some(name("other")));
    assert_eq!(keys.find("show"), None);
    assert_eq!(keys.find(""), None);
}

#[test]
fn a_key_has_160_bits_in_lower_case_base32() {
    let mut keys = Keys::default();
    let a = keys.add(&name("a"), Utc(0)).unwrap();
    let b = keys.add(&name("b"), Utc(0)).unwrap();
    assert_eq!((a.len(), b.len()), (32, 32));
    assert!(a != b && a.bytes().all(|c| ALPHABET.contains(&c)));
    // RFC 4648, section 10, in lower case.
    assert_eq!(base32(b"fooba"), "mzxw6ytb");
}

#[cfg(unix)]
#[test]
fn the_file_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    Keys::default().write(dir.path()).unwrap();
    let mode = fs::metadata(dir.path().join("keys.toml"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn names_are_added_once_and_removed_once() {
    let mut keys = Keys::default();
    let text = keys.add(&name("show"), Utc(0)).unwrap();
    assert_eq!(keys.add(&name("show"), Utc(0)).unwrap_err().code, Code::KeyExists);
    keys.remove(&name("show")).unwrap();
    assert_eq!(keys.find(&text), None);
    assert_eq!(keys.remove(&name("show")).unwrap_err().code, Code::KeyUnknown);
}

#[test]
fn a_file_of_another_kind_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    for text in [
        "key = 5",
        "[[key]]\nname = \"../x\"\nsha256 = \"\"\ncreated = \"\"\n",
        "[other]",
    ] {
        fs::write(dir.path().join("keys.toml"), text).unwrap();
        assert_eq!(
            Keys::read(dir.path()).unwrap_err().code,
            Code::KeysUnreadable,
            "{text}"
        );
    }
}
