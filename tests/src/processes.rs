//! A process and all that it started, and their end.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};

/// How long a killed process may take to be gone, in seconds.
const PATIENCE: i64 = 3;

/// Kills process `root`, everything descended from it, and every process whose command line names `mark`, which
/// finds those that left the family. Returns when they are gone.
pub(crate) fn kill_family(root: u32, mark: &Path) {
    // What is forked while we look is found in the next round.
    for _ in 0..5 {
        let family = family(root, mark);
        if family.is_empty() {
            return;
        }
        let ends: Vec<_> = family
            .iter()
            .filter_map(|&pid| pidfd_open(pid, PidfdFlags::empty()).ok())
            .collect();
        for &pid in &family {
            // It may have ended meanwhile.
            let _ = kill_process(pid, Signal::KILL);
        }
        for end in &ends {
            let patience = Timespec {
                tv_sec: PATIENCE,
                tv_nsec: 0,
            };
            let _ = poll(&mut [PollFd::new(end, PollFlags::IN)], Some(&patience));
        }
    }
}

/// `root` and everything descended from it that has not ended.
pub(crate) fn descendants(root: u32) -> Vec<u32> {
    let parents = parents();
    let family = parents.keys().filter(|&&pid| descends(pid, root, &parents));
    family.copied().collect()
}

fn family(root: u32, mark: &Path) -> Vec<Pid> {
    let parents = parents();
    parents
        .keys()
        .filter(|&&pid| descends(pid, root, &parents) || names(pid, mark))
        .filter_map(|&pid| Pid::from_raw(pid.try_into().ok()?))
        .collect()
}

fn descends(mut pid: u32, root: u32, parents: &HashMap<u32, u32>) -> bool {
    // A table read while it changes may hold a ring.
    for _ in 0..parents.len() {
        if pid == root {
            return true;
        }
        match parents.get(&pid) {
            Some(&parent) => pid = parent,
            None => return false,
        }
    }
    false
}

/// The parent of each process that has not ended; zombies are left to who waits for them.
fn parents() -> HashMap<u32, u32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return HashMap::new();
    };
    entries
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name in parentheses may hold anything; state and parent follow the last one.
            let mut rest = stat.rsplit_once(')')?.1.split_whitespace();
            (rest.next()? != "Z").then_some(())?;
            Some((pid, rest.next()?.parse().ok()?))
        })
        .collect()
}

fn names(pid: u32, mark: &Path) -> bool {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let mark = mark.as_os_str().as_encoded_bytes();
    pid != std::process::id() && line.windows(mark.len().max(1)).any(|part| part == mark)
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_family_is_gone_with_its_orphans() {
        let dir = tempfile::tempdir().unwrap();
        let mark = dir.path().join("mark");
        // One child stays below the shell; another is cut off from it and known by the mark alone.
        let script = "(setsid sh -c 'sleep 97; : \"$0\"' \"$0\" &) ; sleep 98 & echo ready; sleep 99";
        let mut shell = Command::new("sh")
            .args(["-c", script])
            .arg(&mark)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        std::io::BufRead::read_line(
            &mut std::io::BufReader::new(shell.stdout.take().unwrap()),
            &mut line,
        )
        .unwrap();
        assert!(family(shell.id(), &mark).len() >= 3);
        kill_family(shell.id(), &mark);
        assert!(!shell.wait().unwrap().success());
        assert_eq!(family(shell.id(), &mark), []);
    }
}
