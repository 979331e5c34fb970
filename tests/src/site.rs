//! Files over HTTP, for a browser on this machine.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Serves files until it is dropped.
#[derive(Debug)]
pub struct Site {
    /// Its address, without a slash at the end.
    pub origin: String,
    task: JoinHandle<()>,
}

impl Site {
    /// Serves, below each path, a file or what is in a folder; the first that fits counts.
    ///
    /// # Errors
    /// The system gives no port; or one of them is missing, as when pages weren't built or libraries not installed.
    pub async fn start(parts: Vec<(&'static str, PathBuf)>) -> io::Result<Self> {
        if let Some((_, missing)) = parts.iter().find(|(_, path)| !path.exists()) {
            let why = format!(
                "{} is missing: npm ci there, and npm run build in ui/",
                missing.display()
            );
            return Err(io::Error::new(io::ErrorKind::NotFound, why));
        }
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let parts: Arc<[_]> = parts.into();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let parts = Arc::clone(&parts);
                // A browser that goes away in mid-answer is no concern of the test's.
                tokio::spawn(async move { answer(stream, &parts).await.ok() });
            }
        });
        Ok(Self { origin, task })
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The file that stands at `path`.
fn find(parts: &[(&str, PathBuf)], path: &str) -> Option<PathBuf> {
    if path.contains("..") {
        return None;
    }
    let of = |(prefix, at): &(&str, PathBuf)| match path.strip_prefix(prefix)? {
        "" => Some(at.clone()),
        rest => Some(at.join(rest.trim_start_matches('/'))),
    };
    parts.iter().filter_map(of).find(|file| file.is_file())
}

async fn answer(mut stream: TcpStream, parts: &[(&str, PathBuf)]) -> io::Result<()> {
    let mut lines = BufReader::new(&mut stream).lines();
    let request = lines.next_line().await?.unwrap_or_default();
    while lines.next_line().await?.is_some_and(|line| !line.is_empty()) {}
    let path = request.split(' ').nth(1).unwrap_or("/");
    let file = find(parts, path.split('?').next().unwrap_or("/"));
    let kind = kind(file.as_deref());
    let (status, body) = match file.map(std::fs::read) {
        Some(Ok(body)) => ("200 OK", body),
        _ => ("404 Not Found", Vec::new()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&body).await
}

fn kind(file: Option<&Path>) -> &'static str {
    match file.and_then(Path::extension).and_then(|e| e.to_str()) {
        Some("html") => "text/html",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        _ => "application/octet-stream",
    }
}
