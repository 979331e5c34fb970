//! What two processes see of one control file; here they are one process that opens it twice.

use std::sync::atomic::Ordering::SeqCst;

use crate::control::Control;

fn twice() -> (tempfile::TempDir, Control, Control) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("control");
    let open = || Control::open(&path).unwrap();
    let (one, other) = (open(), open());
    (folder, one, other)
}

#[test]
fn what_one_changes_the_other_sees() {
    let (_folder, one, other) = twice();
    let record = other.record(63);
    assert_eq!((record.unplugged.load(SeqCst), other.changes()), (0, 0));
    one.unplug(63);
    assert_eq!((record.unplugged.load(SeqCst), other.changes()), (1, 1));
    one.stall(63);
    assert!(record.stalled.load(SeqCst) > 0);
    one.plug(63, 7);
    let number = record.number.load(SeqCst);
    assert_eq!(
        (record.unplugged.load(SeqCst), number, record.plugs.load(SeqCst)),
        (0, 8, 1)
    );
    assert_eq!(record.stalled.load(SeqCst), 0);
    assert_eq!(other.record(62).number.load(SeqCst), 0);
}

#[test]
fn who_waits_is_woken() {
    let (_folder, one, other) = twice();
    let seen = other.changes();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while other.changes() == seen {
                other.wait(seen);
            }
        });
        one.announce();
    });
    assert_eq!(other.changes(), seen + 1);
}

#[test]
fn a_camera_is_one_processs_at_a_time() {
    let (_folder, one, other) = twice();
    assert!(one.own(2) && one.own(2));
    assert!(other.is_anothers(2) && !one.is_anothers(2) && !other.is_anothers(1));
    assert!(!other.own(2));
    other.disown(2);
    assert!(other.is_anothers(2), "only the owner gives it back");
    drop(one);
    assert!(other.own(2), "the kernel gives it back with the file");
    let private = Control::private().unwrap();
    assert!(private.own(2) && !private.is_anothers(2) && !private.is_shared());
}
