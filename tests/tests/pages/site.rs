//! A folder's files over HTTP, for a browser on this machine.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Serves the built pages until it is dropped; and axe-core as `/axe.js`.
pub(crate) struct Site {
    pub(crate) origin: String,
    task: JoinHandle<()>,
}

impl Site {
    pub(crate) async fn start() -> Self {
        let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui");
        assert!(
            ui.join("dist/studio.html").is_file() && ui.join("node_modules/axe-core").is_dir(),
            "the pages are not built: npm ci and npm run build, in ui/"
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let ui = Arc::new(ui);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let ui = Arc::clone(&ui);
                // A browser that goes away in mid-answer is no concern of the test's.
                tokio::spawn(async move { answer(stream, &ui).await.ok() });
            }
        });
        Self { origin, task }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(mut stream: TcpStream, ui: &Path) -> std::io::Result<()> {
    let mut lines = BufReader::new(&mut stream).lines();
    let request = lines.next_line().await?.unwrap_or_default();
    while lines.next_line().await?.is_some_and(|line| !line.is_empty()) {}
    let path = request.split(' ').nth(1).unwrap_or("/");
    let path = path.split('?').next().unwrap_or("/").trim_start_matches('/');
    let file: PathBuf = match path {
        "axe.js" => ui.join("node_modules/axe-core/axe.min.js"),
        page => ui.join("dist").join(page),
    };
    let kind = match file.extension().and_then(|e| e.to_str()) {
        Some("html") => "text/html",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        _ => "application/octet-stream",
    };
    let (status, body) = match std::fs::read(&file) {
        Ok(body) if !path.contains("..") => ("200 OK", body),
        _ => ("404 Not Found", Vec::new()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&body).await
}
