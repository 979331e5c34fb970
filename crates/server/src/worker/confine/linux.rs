//! Confinement on Linux: limits, Landlock, and a filter of system calls (seccomp).
//!
//! The filter alone denies files, sockets and processes; Landlock denies files and sockets a second time, by other code
//! of the kernel, where the kernel has it.

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, Compatible as _, Ruleset, RulesetAttr as _, RulesetStatus, Scope,
};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, Signal, nice, set_dumpable_behavior, set_parent_process_death_signal,
    setrlimit,
};

use super::{Confined, Error, syscalls};

/// Memory that a worker may ask for.
const MEMORY: u64 = 1 << 30;
/// Descriptors: its four, and those that GStreamer's elements wake each other with.
const DESCRIPTORS: u64 = 64;
/// How far all else goes before it.
const NICE: i32 = 5;

pub(super) fn begin() {
    // A worker that lives on without these is still confined.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    let _ = nice(NICE);
    let _ = limit(Resource::Core, 0);
}

pub(super) fn close() -> Result<Confined, Error> {
    limit(Resource::Data, MEMORY)?;
    limit(Resource::Nofile, DESCRIPTORS)?;
    let landlock = landlock()?;
    syscalls::filter()?;
    Ok(Confined { landlock })
}

fn limit(resource: Resource, most: u64) -> Result<(), Error> {
    let limit = Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    setrlimit(resource, limit).map_err(|e| Error(format!("{resource:?} can't be limited: {e}")))
}

/// Denies everything Landlock knows; whether the kernel does so.
fn landlock() -> Result<bool, Error> {
    let refused = |e: landlock::RulesetError| Error(e.to_string());
    let newest = ABI::V6;
    let status = Ruleset::default()
        .set_compatibility(landlock::CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(newest))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(newest)))
        .and_then(|rules| rules.scope(Scope::from_all(newest)))
        .and_then(Ruleset::create)
        .and_then(landlock::RulesetCreated::restrict_self)
        .map_err(refused)?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
}
