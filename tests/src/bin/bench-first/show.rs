//! A show as sellers send it: 720p, a constant rate.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use system_tests::server::Server;
use system_tests::viewer::Viewer;
use tempfile::TempDir;

use crate::Failure;

/// The publisher; it ends with this value.
pub(crate) struct Publisher {
    process: Child,
    _folder: TempDir,
}

/// Publishes it to the stream `name`, over and over.
pub(crate) async fn publish(server: &Server, name: &str) -> Result<Publisher, Failure> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("show.flv");
    // Noise, lest the picture take fewer bits than it is given.
    let made = "-v error -y -f lavfi -i testsrc2=size=1280x720:rate=30,noise=alls=12:allf=t -f lavfi -i sine=frequency=440 \
                -t 20 -c:v libx264 -preset veryfast -tune zerolatency -g 60 -b:v 2500k -maxrate 2500k -bufsize 1000k \
                -pix_fmt yuv420p -c:a aac -b:a 128k";
    let made = Command::new("ffmpeg")
        .args(made.split_whitespace())
        .arg(&file)
        .status()?;
    if !made.success() {
        return Err("ffmpeg can't make the show".into());
    }
    let process = Command::new("ffmpeg")
        .args(["-v", "error", "-re", "-stream_loop", "-1", "-i"])
        .arg(&file)
        .args(["-c", "copy", "-f", "flv"])
        .arg(server.add_stream(name).await?)
        .stdin(Stdio::null())
        // What it complains of at the end names the address, and so the key.
        .stderr(Stdio::null())
        .spawn()?;
    let publisher = Publisher {
        process,
        _folder: folder,
    };
    Viewer::wait(server.http, name, Duration::from_secs(20)).await?;
    Ok(publisher)
}

impl Drop for Publisher {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
