//! The studio's network namespace, and the lines between it and ours.
//!
//! The studio alone lives in a namespace of its own: server, viewers and judges stay where they are, so that nothing
//! they say to each other goes over a line. Each line is two TUN devices, one on either side. The server has one
//! address ([`SERVER`]), to which the studio's route goes over one line at a time.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::Ipv4Addr;
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use crate::{Error, Line, Scenario, tun};

/// Where the server is, seen from the studio.
pub const SERVER: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 1);

/// The studio's namespace and its lines; gone when it is dropped.
#[derive(Debug)]
pub struct Lab {
    /// The lines, as the scenario counts them.
    pub lines: Vec<Line>,
    /// A process that keeps the namespace; it ends with its standard input.
    keeper: Child,
}

impl Lab {
    /// Runs this program again as root of a user and network namespace of its own, unless it is; then it never comes
    /// back. Call it first of all: namespaces can't be left again.
    ///
    /// # Errors
    /// [`Error::Refused`] where such namespaces are not given.
    pub fn enter() -> Result<(), Error> {
        const INSIDE: &str = "ANCHOR_NETLAB_INSIDE";
        if std::env::var_os(INSIDE).is_some() {
            return Ok(());
        }
        run(
            "a network namespace",
            Command::new("unshare").args(["-Urn", "true"]),
        )?;
        let mut again = Command::new("unshare");
        again.args(["-Urn", "--kill-child"]).arg(std::env::current_exe()?);
        let status = again
            .args(std::env::args_os().skip(1))
            .env(INSIDE, "1")
            .status()?;
        std::process::exit(status.code().unwrap_or(1))
    }

    /// The lab of `scenario`.
    ///
    /// # Errors
    /// [`Error::Refused`] where the system gives no namespace or no device.
    pub fn new(scenario: &Scenario) -> Result<Self, Error> {
        let mut keeper = Command::new("unshare")
            .args(["-n", "sh", "-c", "echo ready && exec cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut said = String::new();
        if let Some(stdout) = keeper.stdout.as_mut() {
            BufReader::new(stdout).read_line(&mut said)?;
        }
        if said.trim() != "ready" {
            let mut why = String::new();
            if let Some(stderr) = keeper.stderr.as_mut() {
                stderr.read_to_string(&mut why)?;
            }
            return Err(refused("a network namespace", &why));
        }
        let mut lab = Self {
            lines: Vec::new(),
            keeper,
        };
        ip(["link", "set", "lo", "up"])?;
        let server = format!("{SERVER}/32");
        // It stays when a lab before this one was here.
        ip(["addr", "replace", &server, "dev", "lo"])?;
        lab.ip(["link", "set", "lo", "up"])?;
        for number in 0..scenario.lines.len() {
            lab.add_line(number, scenario)?;
        }
        lab.route(0)?;
        Ok(lab)
    }

    fn add_line(&mut self, number: usize, scenario: &Scenario) -> Result<(), Error> {
        let [near, far] = [format!("near{number}"), format!("far{number}")];
        let refused = |e: std::io::Error| refused("a TUN device", &e.to_string());
        let files = [
            tun::open(&near).map_err(refused)?,
            tun::open(&far).map_err(refused)?,
        ];
        let keeper = self.keeper.id().to_string();
        ip(["link", "set", &near, "netns", &keeper])?;
        let [ours, theirs] = addresses(number).map(|address| format!("{address}/24"));
        ip(["addr", "add", &ours, "dev", &far])?;
        ip(["link", "set", &far, "up"])?;
        self.ip(["addr", "add", &theirs, "dev", &near])?;
        self.ip(["link", "set", &near, "up"])?;
        let ends = &scenario.lines[number];
        let up = match scenario.trace(number) {
            Some(trace) => trace.terms(std::time::Duration::ZERO, &ends.up),
            None => ends.up,
        };
        let [near, far] = files;
        self.lines
            .push(Line::new(near, far, [up, ends.down], number as u64)?);
        Ok(())
    }

    /// Sends the studio's packets over line `number` from now on, from its address there: as when a computer changes
    /// from one network to another.
    ///
    /// # Errors
    /// The system refuses.
    pub fn route(&self, number: usize) -> Result<(), Error> {
        let [ours, theirs] = addresses(number).map(|address| address.to_string());
        let (server, near) = (SERVER.to_string(), format!("near{number}"));
        // What congestion control the machine has by default differs; what people's machines have is cubic.
        self.ip([
            "route", "replace", &server, "via", &ours, "dev", &near, "src", &theirs, "congctl", "cubic",
        ])?;
        // Nothing goes there, but people's computers have one.
        self.ip(["route", "replace", "default", "via", &ours, "dev", &near])
    }

    /// Lets the studio's system see line `number` go down, or come up again.
    ///
    /// # Errors
    /// The system refuses.
    pub fn carrier(&self, number: usize, up: bool) -> Result<(), Error> {
        let near = format!("near{number}");
        self.ip(["link", "set", &near, if up { "up" } else { "down" }])?;
        if up {
            // A route goes with its device.
            self.route(number)?;
        }
        Ok(())
    }

    /// Takes away the studio's address on line `number`.
    ///
    /// # Errors
    /// The system refuses.
    pub fn forget(&self, number: usize) -> Result<(), Error> {
        let address = format!("{}/24", addresses(number)[1]);
        self.ip(["addr", "del", &address, "dev", &format!("near{number}")])
    }

    /// Makes packets to and from the server's `port` vanish on every line: nobody else's do.
    pub fn black_hole(&self, port: u16) {
        self.lines.iter().for_each(|line| line.hide(port));
    }

    /// Makes `command` run on the studio's side.
    ///
    /// # Errors
    /// The namespace is gone.
    #[allow(unsafe_code, reason = "a process changes its namespace between fork and exec")]
    pub fn send_over<'a>(&self, command: &'a mut Command) -> Result<&'a mut Command, Error> {
        let space = File::open(format!("/proc/{}/ns/net", self.keeper.id()))?;
        let change = move || {
            // SAFETY: the descriptor is open, and the call touches no memory of ours.
            match unsafe { libc::setns(space.as_raw_fd(), libc::CLONE_NEWNET) } {
                0 => Ok(()),
                _ => Err(std::io::Error::last_os_error()),
            }
        };
        // SAFETY: between fork and exec it does no more than the system call setns, which takes no lock and no memory;
        // the file was opened before.
        Ok(unsafe { command.pre_exec(change) })
    }

    /// Runs `ip` on the studio's side.
    fn ip<const N: usize>(&self, args: [&str; N]) -> Result<(), Error> {
        let mut command = Command::new("nsenter");
        command.arg(format!("--net=/proc/{}/ns/net", self.keeper.id()));
        run("a change of the studio's network", command.arg("ip").args(args))
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = self.keeper.kill();
        let _ = self.keeper.wait();
    }
}

/// Our address and the studio's on a line.
fn addresses(number: usize) -> [Ipv4Addr; 2] {
    // There are never that many lines.
    let third = 10 + u8::try_from(number).unwrap_or(u8::MAX - 10);
    [Ipv4Addr::new(10, 77, third, 1), Ipv4Addr::new(10, 77, third, 2)]
}

fn ip<const N: usize>(args: [&str; N]) -> Result<(), Error> {
    run("a change of the network", Command::new("ip").args(args))
}

fn run(what: &'static str, command: &mut Command) -> Result<(), Error> {
    let done = command.stdin(Stdio::null()).output()?;
    if done.status.success() {
        return Ok(());
    }
    Err(refused(what, &String::from_utf8_lossy(&done.stderr)))
}

fn refused(what: &'static str, why: &str) -> Error {
    Error::Refused {
        what,
        why: why.trim().to_owned(),
    }
}
