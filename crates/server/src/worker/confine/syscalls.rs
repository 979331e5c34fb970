//! The system calls that are left: what it takes to compute with several threads, and to read and write what is open.
//!
//! All others answer "not permitted" rather than ending the process: libraries ask for what they can do without.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    apply_filter_all_threads,
};

use super::Error;

/// Allowed whatever their arguments are.
const ALLOWED: &[i64] = &[
    // What is open.
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_close,
    libc::SYS_fcntl,
    libc::SYS_ppoll,
    // What wakes threads.
    libc::SYS_eventfd2,
    libc::SYS_pipe2,
    libc::SYS_futex,
    // Memory.
    libc::SYS_brk,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    // Threads.
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_gettid,
    libc::SYS_getpid,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_getcpu,
    libc::SYS_membarrier,
    libc::SYS_exit,
    libc::SYS_exit_group,
    // Signals, which a crash is made of.
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    // Time, chance, and what the machine is.
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_nanosleep,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_sysinfo,
    libc::SYS_uname,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
];

/// Restricts all threads of the process.
pub(super) fn filter() -> Result<(), Error> {
    let refused = |e: &dyn std::fmt::Display| Error(e.to_string());
    for filter in [no_clone3(), allowed()] {
        let filter = filter.map_err(|e| refused(&e))?;
        apply_filter_all_threads(&filter).map_err(|e| refused(&e))?;
    }
    Ok(())
}

type Compiled = Result<BpfProgram, seccompiler::BackendError>;

fn compile(rules: BTreeMap<i64, Vec<SeccompRule>>, others: SeccompAction, these: SeccompAction) -> Compiled {
    let arch = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, others, these, arch)?.try_into()
}

/// clone3 has its flags in memory, where no filter sees them. As if the kernel didn't have it: the C library takes clone.
fn no_clone3() -> Compiled {
    let rules = BTreeMap::from([(libc::SYS_clone3, vec![])]);
    let missing = SeccompAction::Errno(libc::ENOSYS as u32);
    compile(rules, SeccompAction::Allow, missing)
}

fn allowed() -> Compiled {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = ALLOWED.iter().map(|call| (*call, vec![])).collect();
    rules.insert(libc::SYS_clone3, vec![]);
    // Threads of this process, no further one.
    let thread = libc::CLONE_THREAD as u64;
    rules.insert(libc::SYS_clone, when(0, SeccompCmpOp::MaskedEq(thread), thread)?);
    // Memory that is not code.
    let code = libc::PROT_EXEC as u64;
    for call in [libc::SYS_mmap, libc::SYS_mprotect] {
        rules.insert(call, when(2, SeccompCmpOp::MaskedEq(code), 0)?);
    }
    // What GStreamer's buses wake each other with: sockets that are connected to each other and to nothing else.
    let local = when(0, SeccompCmpOp::Eq, libc::AF_UNIX as u64)?;
    rules.insert(libc::SYS_socketpair, local);
    // A thread's name.
    rules.insert(
        libc::SYS_prctl,
        when(0, SeccompCmpOp::Eq, libc::PR_SET_NAME as u64)?,
    );
    // abort() and the like: signals to itself.
    let own = u64::from(std::process::id());
    rules.insert(libc::SYS_tgkill, when(0, SeccompCmpOp::Eq, own)?);
    let denied = SeccompAction::Errno(libc::EPERM as u32);
    compile(rules, denied, SeccompAction::Allow)
}

/// Where the argument of that number compares so with `value`.
fn when(
    argument: u8,
    operator: SeccompCmpOp,
    value: u64,
) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Qword, operator, value)?;
    Ok(vec![SeccompRule::new(vec![condition])?])
}
