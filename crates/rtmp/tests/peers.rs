//! The tokio shell against programs of others: ffmpeg publishes to ours, ours publishes to nginx's RTMP module
//! and ffprobe reads it there. Without those programs a test says "skipped".

// A test fails by panicking, and this one works with files.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use container::flv::{Reader, Tag, TagKind, audio, script, video};
use rtmp::io::{Connection, Publisher};
use rtmp::server::Event;
use rtmp::{Limits, Target};
use tokio::net::TcpListener;
use tokio::process;
use tokio::time::{Instant, sleep_until};

const NGINX_MODULE: &str = "/usr/lib/nginx/modules/ngx_rtmp_module.so";
const TIMEOUT: Duration = Duration::from_secs(20);

fn is_there(program: &str) -> bool {
    let run = Command::new(program)
        .arg("-version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if run.is_err() {
        eprintln!("skipped: {program} is not installed");
    }
    run.is_ok()
}

/// ffmpeg with two seconds of a test picture at 30 frames a second and a tone, going to `url`.
fn ffmpeg(url: &str) -> process::Command {
    let mut command = process::Command::new("ffmpeg");
    command.args("-hide_banner -v error -y -f lavfi -i testsrc2=s=320x180:r=30".split(' '));
    command.args("-f lavfi -i sine=440:r=48000 -t 2 -c:v libx264 -preset ultrafast".split(' '));
    command
        .args("-tune zerolatency -g 30 -c:a aac -f flv".split(' '))
        .arg(url);
    command.kill_on_drop(true).stdin(Stdio::null());
    command
}

#[tokio::test]
async fn ffmpeg_publishes_to_us() {
    if !is_there("ffmpeg") {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("rtmp://{}/live/some-key?token=1", listener.local_addr().unwrap());
    let mut child = ffmpeg(&url).spawn().unwrap();
    let (stream, _) = listener.accept().await.unwrap();
    let mut connection = Connection::new(stream, Limits::default()).unwrap();
    let Event::Publish { app, key, .. } = connection.event().await.unwrap() else {
        panic!("ffmpeg publishes");
    };
    assert_eq!((app.as_str(), key.expose()), ("live", "some-key?token=1"));
    connection.accept();
    let mut tags = vec![];
    loop {
        match connection.event().await.unwrap() {
            Event::Tag(tag) => tags.push(tag),
            Event::Unpublish => break,
            event => panic!("{event:?}"),
        }
    }
    assert_eq!(connection.event().await.unwrap(), Event::Closed);
    assert!(child.wait().await.unwrap().success());
    check(&tags);
}

/// What ffmpeg's two seconds must be.
fn check(tags: &[Tag]) {
    let metadata = script::parse_metadata(&tags[0].data).expect("metadata comes first");
    assert_eq!((metadata.width, metadata.height), (Some(320), Some(180)));
    let of = |kind| tags.iter().filter(move |t| t.kind == kind);
    let frames = of(TagKind::Video).filter_map(|t| match video::parse(&t.data) {
        Ok(video::VideoTag::Frame { key, .. }) => Some(key),
        _ => None,
    });
    let frames: Vec<bool> = frames.collect();
    assert_eq!((frames.len(), frames.iter().filter(|key| **key).count()), (60, 2));
    assert!(of(TagKind::Video).any(|t| video::is_sequence_header(&t.data)));
    assert!(of(TagKind::Audio).any(|t| audio::is_sequence_header(&t.data)));
    assert!(of(TagKind::Audio).count() > 90);
}

/// nginx with its RTMP module, stopped when dropped.
struct Nginx {
    folder: tempfile::TempDir,
    address: String,
}

impl Nginx {
    /// It forks into the background once it listens, so there is nothing to wait for. The address is one of
    /// this process alone: all of 127/8 is this machine.
    fn start() -> Self {
        let id = std::process::id();
        let address = format!(
            "127.{}.{}.{}:19350",
            1 + (id >> 16) % 250,
            id >> 8 & 255,
            1 + id % 250
        );
        let nginx = Self {
            folder: tempfile::tempdir().unwrap(),
            address,
        };
        let conf = format!(
            "load_module {NGINX_MODULE};\nmaster_process off;\npid pid;\nerror_log error.log;\nevents {{}}\n\
             rtmp {{ access_log off; server {{ listen {}; application live {{ live on; }} }} }}\n",
            nginx.address
        );
        std::fs::write(nginx.folder.path().join("nginx.conf"), conf).unwrap();
        assert!(nginx.run(&[]), "nginx starts");
        nginx
    }

    fn run(&self, args: &[&str]) -> bool {
        let folder = self.folder.path();
        let mut command = Command::new("nginx");
        command
            .arg("-p")
            .arg(folder)
            .arg("-c")
            .arg(folder.join("nginx.conf"))
            .args(args);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.run(&["-s", "stop"]);
    }
}

/// Publishes `tags` at their own pace, over and over.
async fn publish(publisher: &mut Publisher, tags: &[Tag]) -> rtmp::Error {
    let start = Instant::now();
    for round in 0.. {
        for tag in tags {
            let timestamp = tag.timestamp + round * 2000;
            sleep_until(start + Duration::from_millis(timestamp.into())).await;
            if let Err(error) = publisher
                .send(&Tag {
                    timestamp,
                    ..tag.clone()
                })
                .await
            {
                return error;
            }
        }
    }
    unreachable!("the rounds never end");
}

async fn recorded(folder: &Path) -> Vec<Tag> {
    let file = folder.join("in.flv");
    assert!(ffmpeg(file.to_str().unwrap()).status().await.unwrap().success());
    let mut reader = Reader::new();
    reader.push(&std::fs::read(file).unwrap());
    std::iter::from_fn(|| reader.next_tag().unwrap()).collect()
}

#[tokio::test]
async fn nginx_takes_what_we_publish_and_ffprobe_reads_it_there() {
    if !is_there("ffmpeg") || !is_there("ffprobe") || !is_there("nginx") {
        return;
    }
    if !Path::new(NGINX_MODULE).exists() {
        eprintln!("skipped: nginx has no RTMP module here");
        return;
    }
    let nginx = Nginx::start();
    let tags = recorded(nginx.folder.path()).await;
    let url = format!("rtmp://{}/live", nginx.address);
    let mut publisher = Publisher::connect(Target::new(&url, "shop").unwrap(), TIMEOUT)
        .await
        .unwrap();
    assert!(!publisher.wants_clock(), "nginx is a stranger");
    let mut probe = process::Command::new("ffprobe");
    probe.args("-v error -show_entries stream=codec_name,width -of csv=p=0".split(' '));
    probe
        .arg(format!("{url}/shop"))
        .kill_on_drop(true)
        .stdin(Stdio::null());
    let output = tokio::select! {
        output = probe.output() => output.unwrap(),
        error = publish(&mut publisher, &tags) => panic!("{error}"),
    };
    let mut lines: Vec<_> = std::str::from_utf8(&output.stdout).unwrap().lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["aac", "h264,320"]);
    publisher.close().await.unwrap();
}
