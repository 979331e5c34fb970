//! A server that is not ours: nginx with its RTMP module, which takes a show and keeps it in a file.

use std::fmt::Write as _;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::PATIENCE;
use crate::wait::until;

/// Where distributions put its module.
const MODULES: [&str; 3] = [
    "/usr/lib/nginx/modules/ngx_rtmp_module.so",
    "/usr/lib64/nginx/modules/ngx_rtmp_module.so",
    "/usr/share/nginx/modules/ngx_rtmp_module.so",
];

/// A running nginx; killed when dropped.
pub struct Nginx {
    program: PathBuf,
    address: SocketAddr,
    folder: TempDir,
    process: Child,
}

impl Nginx {
    /// Starts nginx on a port of its own; `None` when it isn't installed, which it says.
    ///
    /// # Errors
    /// It can't be started, or doesn't listen.
    pub async fn start_or_skip() -> io::Result<Option<Self>> {
        let keep = "live on; record all; record_unique on; record_path {path};";
        Self::start_with_or_skip(&[("live", keep)]).await
    }

    /// The same with applications of their own: a name and its directives for each, `{path}` standing for the
    /// folder of recordings.
    ///
    /// # Errors
    /// As [`Nginx::start_or_skip`].
    pub async fn start_with_or_skip(applications: &[(&str, &str)]) -> io::Result<Option<Self>> {
        let program = crate::program("ANCHOR_NGINX", &["nginx"])
            .or_else(|| Some(PathBuf::from("/usr/sbin/nginx")).filter(|path| path.is_file()));
        let module = MODULES.iter().map(Path::new).find(|path| path.is_file());
        let (Some(program), Some(module)) = (program, module) else {
            crate::skip("nginx with its RTMP module is not installed");
            return Ok(None);
        };
        // It can't be asked for a free port; this one was free a moment ago.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let folder = tempfile::Builder::new().prefix("anchor-nginx-").tempdir()?;
        let (path, module) = (folder.path().display(), module.display());
        let mut text = format!(
            "load_module {module};\ndaemon off;\nmaster_process off;\npid {path}/pid;\nerror_log {path}/error.log;\n\
             events {{ worker_connections 64; }}\n\
             rtmp {{ server {{ listen {address};\n"
        );
        for (name, directives) in applications {
            let directives = directives.replace("{path}", &path.to_string());
            // Writing to a String can't fail.
            let _ = writeln!(text, "application {name} {{ {directives} }}");
        }
        text.push_str("} }\n");
        std::fs::write(folder.path().join("nginx.conf"), text)?;
        let process = run(&program, folder.path())?;
        let nginx = Self {
            program,
            address,
            folder,
            process,
        };
        nginx.ready().await?;
        Ok(Some(nginx))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where to publish the stream `name`.
    pub fn publish(&self, name: &str) -> String {
        format!("rtmp://{}/live/{name}", self.address)
    }

    /// Kills it, as when its machine fails.
    ///
    /// # Errors
    /// The system refuses.
    pub fn kill(&mut self) -> io::Result<()> {
        self.process.kill()?;
        self.process.wait().map(|_| ())
    }

    /// Starts a killed nginx again, on the same port.
    ///
    /// # Errors
    /// It can't be started, or doesn't listen.
    pub async fn start_again(&mut self) -> io::Result<()> {
        self.process = run(&self.program, self.folder.path())?;
        self.ready().await
    }

    /// The files with what it received, the oldest first: one for each time it was published to.
    ///
    /// # Errors
    /// Its folder can't be read.
    pub fn recordings(&self) -> io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(self.folder.path())? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "flv") {
                found.push((path.metadata()?.created()?, path));
            }
        }
        found.sort();
        Ok(found.into_iter().map(|(_, path)| path).collect())
    }

    async fn ready(&self) -> io::Result<()> {
        until(PATIENCE, async || {
            TcpStream::connect(self.address).await.map(Some)
        })
        .await?;
        Ok(())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.kill();
    }
}

fn run(program: &Path, folder: &Path) -> io::Result<Child> {
    let mut command = Command::new(program);
    command
        .arg("-p")
        .arg(folder)
        .arg("-c")
        .arg(folder.join("nginx.conf"));
    command.arg("-e").arg(folder.join("error.log"));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}
