//! A server under load, and the publisher that feeds it.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use system_tests::load;

type Failure = Box<dyn std::error::Error>;

/// The stream.
pub(crate) const NAME: &str = "bench";

/// A running server; it ends with this value.
pub(crate) struct Peer {
    server: Child,
    publisher: Option<Child>,
    pub(crate) http: SocketAddr,
    pub(crate) rtmp: SocketAddr,
    key: String,
    /// The process that does the work.
    pid: u32,
}

fn free() -> Result<SocketAddr, Failure> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

fn pinned(core: usize, program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.arg("-c").arg(core.to_string()).arg(program);
    command.stdin(Stdio::null()).stderr(Stdio::null());
    command
}

impl Peer {
    /// Our server.
    pub(crate) fn anchor(program: &Path, dir: &Path) -> Result<Self, Failure> {
        let (http, rtmp) = (free()?, free()?);
        let key = Command::new(program)
            .args(["key", "add", NAME, "--data"])
            .arg(dir)
            .output()?;
        let key = String::from_utf8(key.stdout)?.trim().to_owned();
        let mut command = pinned(0, program);
        command
            .arg("run")
            .arg("--data")
            .arg(dir)
            .args(["--admin", "127.0.0.1:0"]);
        command.args(["--http", &http.to_string(), "--rtmp", &rtmp.to_string()]);
        let mut server = command.stdout(Stdio::piped()).spawn()?;
        let lines = BufReader::new(server.stdout.take().ok_or("no output")?).lines();
        if !lines.map_while(Result::ok).any(|l| l == "ready") {
            return Err("the server did not start".into());
        }
        let pid = server.id();
        Ok(Self {
            server,
            publisher: None,
            http,
            rtmp,
            key,
            pid,
        })
    }

    /// nginx with its RTMP module, one worker.
    pub(crate) fn nginx(dir: &Path) -> Result<Self, Failure> {
        let rtmp = free()?;
        let config = format!(
            "load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;\ndaemon off;\nmaster_process off;\n\
             pid {0}/nginx.pid;\nerror_log {0}/error.log;\nevents {{ worker_connections 4096; }}\n\
             rtmp {{ server {{ listen {rtmp}; application live {{ live on; }} }} }}\n",
            dir.display()
        );
        let file = dir.join("nginx.conf");
        std::fs::write(&file, config)?;
        let program = Path::new("/usr/sbin/nginx");
        if !program.exists() {
            return Err("nginx is not installed".into());
        }
        let mut command = pinned(0, program);
        command
            .arg("-c")
            .arg(&file)
            .arg("-p")
            .arg(dir)
            .stdout(Stdio::null());
        let server = command.spawn()?;
        let pid = server.id();
        let peer = Self {
            server,
            publisher: None,
            http: rtmp,
            rtmp,
            key: NAME.into(),
            pid,
        };
        peer.await_port()?;
        Ok(peer)
    }

    /// nginx doesn't say when it listens.
    fn await_port(&self) -> Result<(), Failure> {
        let began = Instant::now();
        while let Err(e) = TcpStream::connect(self.rtmp) {
            if began.elapsed() > Duration::from_secs(10) {
                return Err(e.into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Starts the publisher: the media over and over, at its own pace.
    pub(crate) fn publish(&mut self, media: &Path) -> Result<(), Failure> {
        let mut command = pinned(1, Path::new("ffmpeg"));
        command
            .args(["-v", "error", "-re", "-stream_loop", "-1", "-i"])
            .arg(media);
        command
            .args(["-c", "copy", "-f", "flv"])
            .arg(format!("rtmp://{}/live/{}", self.rtmp, self.key));
        self.publisher = Some(command.stdout(Stdio::null()).spawn()?);
        Ok(())
    }

    /// CPU seconds of the server so far (proc(5), fields utime and stime of /proc/PID/stat).
    pub(crate) fn cpu_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid)).unwrap_or_default();
        // Behind the name come state, ppid, pgrp …; utime and stime are the 12th and 13th.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
        let field = |n: usize| fields.get(n).and_then(|f| f.parse::<u64>().ok()).unwrap_or(0);
        let ticks = field(11) + field(12);
        ticks as f64 / 100.0
    }

    /// Resident memory of the server in bytes.
    pub(crate) fn memory(&self) -> u64 {
        load::resident_bytes(self.pid)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        for child in self.publisher.iter_mut().chain([&mut self.server]) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
