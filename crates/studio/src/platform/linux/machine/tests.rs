//! Machines that are described in a folder, and the real one.

mod cores;
mod heat;
mod network;
mod power;
mod real;
mod whole;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use uplink::machine::Reading;

use super::{Machine, Uploads};

/// This program's process in these trees.
const OWN: u32 = 100;

/// A folder with a /proc and a /sys, and who reads it once a second.
struct Tree {
    folder: TempDir,
    machine: Machine,
    uploads: Uploads,
    now: Instant,
}

impl Tree {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine::at(&folder.path().join("proc"), &folder.path().join("sys"), OWN);
        Self {
            machine,
            uploads: Uploads::at(&folder.path().join("proc")),
            now: Instant::now(),
            folder,
        }
    }

    /// Who has read nothing yet, in the same folder.
    fn again(self) -> Self {
        let folder = self.folder.path();
        let machine = Machine::at(&folder.join("proc"), &folder.join("sys"), OWN);
        Self { machine, ..self }
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) -> &Self {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn remove(&self, path: &str) -> &Self {
        let path = self.folder.path().join(path);
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap();
        } else {
            fs::remove_file(path).unwrap();
        }
        self
    }

    /// The first line of /proc/stat: what is busy and what is idle.
    fn cores(&self, busy: u64, idle: u64) -> &Self {
        self.write(
            "proc/stat",
            format!("cpu  {busy} 0 0 {idle} 0 0 0 0 0 0\ncpu0 1 2 3\n"),
        )
    }

    fn process(&self, pid: u32, parent: u32, name: &str, ticks: u64) -> &Self {
        self.process_since(pid, parent, name, ticks, 50)
    }

    fn process_since(&self, pid: u32, parent: u32, name: &str, ticks: u64, began: u64) -> &Self {
        let (user, system) = (ticks / 2, ticks - ticks / 2);
        let stat = format!(
            "{pid} ({name}) S {parent} 1 1 0 -1 4194560 9 9 9 9 {user} {system} 7 7 20 0 4 0 {began} 99 9 9\n"
        );
        self.write(&format!("proc/{pid}/stat"), stat)
    }

    fn read(&mut self) -> Reading {
        self.read_at(None)
    }

    fn read_at(&mut self, folder: Option<&Path>) -> Reading {
        self.now += Duration::from_secs(1);
        self.machine.read(self.now, folder)
    }

    /// What others send, a second later.
    fn others(&mut self, own_bytes: u64) -> Option<u32> {
        self.now += Duration::from_secs(1);
        self.uploads.read(self.now, own_bytes)
    }
}

#[test]
fn nothing_is_known_of_an_empty_folder() {
    let mut tree = Tree::new();
    for _ in 0..2 {
        let reading = tree.read_at(Some(Path::new("/no/such/folder")));
        assert_eq!(reading, Reading::new(tree.now));
    }
}

#[test]
fn a_file_without_an_end_is_given_up() {
    let mut tree = Tree::new();
    tree.write("proc/meminfo", vec![b'x'; 1 << 20]);
    assert_eq!(tree.read().memory_free, None);
    assert_eq!(super::files::bytes("/dev/zero").unwrap().len(), 64 * 1024);
}

#[test]
fn what_follows_at_once_is_the_reading_before() {
    let mut tree = Tree::new();
    tree.cores(0, 0);
    tree.read();
    tree.cores(30, 70);
    let reading = tree.read();
    tree.cores(1000, 1000);
    let at = tree.now + Duration::from_millis(99);
    assert_eq!(
        tree.machine.read(at, None),
        Reading {
            at,
            ..reading.clone()
        }
    );
    let past = tree.now.checked_sub(Duration::from_secs(9)).unwrap();
    assert_eq!(tree.machine.read(past, None), reading);
}
