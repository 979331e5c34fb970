//! The demo show's loops as two cameras of the machine: the host is keyed over the table.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use std::io::ErrorKind;

use media::VideoFrame;
use system_tests::PATIENCE;
use system_tests::player::Player;
use system_tests::server::Server;
use system_tests::studio::{Show, Studio};
use system_tests::viewer::Viewer;
use system_tests::{preload, skip};

const PARTS: &str = r##"
[[source]]
name = "table"
type = "camera"
device = "Table"
[[source]]
name = "host"
type = "camera"
device = "Host"
[[source]]
name = "voice"
type = "tone"
hz = 440
[[scene]]
name = "main"
[[scene.layer]]
source = "table"
[[scene.layer]]
source = "host"
key = {}
"##;

/// Means of Cb and Cr, in one number, over a part of the picture where the host camera sees nothing but green:
/// its upper right, below the frame counter.
fn chroma(frame: &VideoFrame) -> Option<u32> {
    let mean = |plane: usize| {
        let stride = frame.planes[plane].stride;
        let rows = (20..60).flat_map(|y| &frame.plane(plane)[y * stride + 280..][..32]);
        rows.map(|&sample| u32::from(sample)).sum::<u32>() / (40 * 32)
    };
    Some(mean(1) << 8 | mean(2))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demos_two_cameras_are_keyed_one_over_the_other() {
    let table = match preload::unpacked("table") {
        Err(e) if e.kind() == ErrorKind::NotFound => return skip("ffmpeg is not installed"),
        unpacked => unpacked.unwrap(),
    };
    let host = preload::unpacked("host").unwrap();
    assert_eq!(std::fs::metadata(&host).unwrap().len(), 60 * 640 * 360 * 2);
    let server = Server::start().await.unwrap();
    let show = Show::new(PARTS).output("mine", &server.add_stream("mugs").await.unwrap());
    let spec = format!(
        "name=Table,size=640x360,fps=30,file={};name=Host,size=640x360,fps=30,file={}",
        table.display(),
        host.display()
    );
    let studio = Studio::start_in(&show, |command| preload::cameras(command, &spec).unwrap()).unwrap();
    let mut viewer = Viewer::wait(server.http, "mugs", PATIENCE).await.unwrap();
    let mut seen = Player::new();
    seen.mark = Some(chroma);
    viewer
        .play(&mut seen, PATIENCE, |seen| seen.pictures.len() >= 45)
        .await
        .unwrap();
    let (report, said) = studio.stop().await.unwrap();
    for mark in seen.pictures.iter().filter_map(|picture| picture.mark) {
        let (cb, cr) = (mark >> 8, mark & 0xff);
        // The screen's green lies near Cb 90, Cr 75; the table's wood is warm.
        assert!(cb > 80 && cr > 118, "green is left: Cb {cb}, Cr {cr}: {said}");
    }
    for name in ["table", "host"] {
        let source = report.sources.iter().find(|source| source.name == name).unwrap();
        assert!(source.received >= 45 && source.error.is_none(), "{source:?}");
    }
}
