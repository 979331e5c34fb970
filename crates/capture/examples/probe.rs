//! Opens the cameras named, all at once, and tells as lines of JSON what happens to them.
//!
//! `probe list`, or `probe ID[@SIZE[@FPS[@FORMAT]]]...`, which obeys lines on its standard input: `hide N`,
//! `show N` (whether camera N is seen), `end`. Its cameras are read by itself, started as `probe child`.

use std::io::BufRead;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use capture::camera::{Format, Launch, list, modes, serve};
use capture::{Camera, CameraConfig, ShowClock, Status};
use media::{Size, Timestamp, VideoFrame, VideoSource};
use serde_json::{Value, json};

/// How often each camera is asked for its picture.
const TICK: Duration = Duration::from_millis(5);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["child"] => return serve(&pipeline::device::Devices),
        ["list"] => listed(),
        ids => watch(ids),
    }
    ExitCode::SUCCESS
}

fn listed() {
    let rates = |m: &capture::camera::Mode| m.rates.iter().map(ToString::to_string).collect::<Vec<_>>();
    for camera in list() {
        let modes: Vec<Value> = modes(&camera)
            .iter()
            .map(|m| json!([m.format.to_string(), m.size.width, m.size.height, rates(m)]))
            .collect();
        println!(
            "{}",
            json!({ "id": camera.id, "name": camera.name, "path": camera.path, "modes": modes })
        );
    }
}

/// A camera, and what was seen of it.
struct Watched {
    camera: Camera,
    number: usize,
    status: Status,
    on: bool,
    /// Times of its pictures, in nanoseconds.
    pictures: Vec<i64>,
    /// When it was shown again, until a picture of that time comes.
    shown: Option<Timestamp>,
    last: Option<VideoFrame>,
}

fn watch(ids: &[&str]) {
    let clock = ShowClock::start();
    let launch: Launch = Arc::new(|| {
        let mut command = Command::new(std::env::current_exe().expect("a program knows where it is"));
        command.arg("child");
        command
    });
    let open = |(number, id): (usize, &&str)| Watched {
        camera: Camera::open(&config(id), clock, launch.clone()),
        number,
        status: Status::Starting,
        on: false,
        pictures: Vec::new(),
        shown: None,
        last: None,
    };
    let mut cameras: Vec<_> = ids.iter().enumerate().map(open).collect();
    let orders = orders();
    loop {
        cameras.iter_mut().for_each(|c| c.look(clock.now()));
        match orders.recv_timeout(TICK) {
            Ok(order) if obey(&order, &mut cameras, clock.now()) => {}
            Err(RecvTimeoutError::Timeout) => {}
            _ => break,
        }
    }
    cameras.iter().for_each(Watched::report);
}

/// The lines of standard input.
fn orders() -> Receiver<String> {
    let (tell, told) = sync_channel(16);
    let read = move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if tell.send(line).is_err() {
                break;
            }
        }
    };
    std::thread::Builder::new().spawn(read).expect("a thread");
    told
}

/// False when it is to end.
fn obey(order: &str, cameras: &mut [Watched], now: Timestamp) -> bool {
    let Some((what, number)) = order.split_once(' ') else {
        return false;
    };
    let watched = &mut cameras[number.parse::<usize>().expect("a number")];
    watched.camera.set_visible(what == "show");
    watched.shown = (what == "show").then_some(now);
    true
}

impl Watched {
    fn look(&mut self, now: Timestamp) {
        let status = self.camera.monitor().status();
        if status != self.status {
            let code = self.camera.monitor().problem().map(|p| p.code());
            self.tell(now, json!({ "status": text(&status), "code": code }));
            self.status = status;
        }
        let frame = self.camera.frame_at(now);
        if frame.is_some() != self.on {
            self.on = frame.is_some();
            self.tell(now, json!({ "on": self.on }));
        }
        let Some(frame) = frame else { return };
        if self.pictures.last() != Some(&frame.pts.as_nanos()) {
            self.pictures.push(frame.pts.as_nanos());
        }
        if let Some(shown) = self.shown
            && frame.pts + Duration::from_millis(50) > shown
        {
            self.shown = None;
            self.tell(
                now,
                json!({ "shown_after_ms": now.nanos_since(shown) / 1_000_000 }),
            );
        }
        self.last = Some(frame);
    }

    fn tell(&self, now: Timestamp, mut what: Value) {
        what["camera"] = self.number.into();
        what["ms"] = now.as_millis().into();
        println!("{what}");
    }

    fn report(&self) {
        let counters = self.camera.counters();
        let own = self.camera.monitor().counters();
        let gap = |w: &[i64]| (w[1] - w[0]) as f64 / 1e6;
        let frame = self.last.as_ref().map(|f| {
            let (sum, count) = (f.data.iter().map(|b| f64::from(*b)).sum::<f64>(), f.data.len());
            json!({
                "format": format!("{:?}", f.format),
                "size": [f.size.width, f.size.height],
                "color": format!("{:?}", f.color),
                "mean": sum / count as f64,
            })
        });
        let report = json!({
            "camera": self.number,
            "id": self.camera.monitor().info().map(|i| i.id),
            "path": self.camera.monitor().info().map(|i| i.path),
            "why": self.camera.monitor().choice().map(|c| c.why),
            "received": counters.received,
            "stamped": own.stamped,
            "short": own.short,
            "broken": own.broken,
            "resized": own.resized,
            "dropped": own.dropped,
            "lost": own.lost,
            "delay_ms": counters.delay_nanos as f64 / 1e6,
            "gaps_ms": self.pictures.windows(2).map(gap).collect::<Vec<_>>(),
            "frame": frame,
        });
        println!("{report}");
    }
}

fn config(text: &str) -> CameraConfig {
    let mut parts = text.split('@');
    let id = parts.next().unwrap_or_default().to_owned();
    let (width, height) = parts
        .next()
        .and_then(|s| s.split_once('x'))
        .unwrap_or(("640", "360"));
    CameraConfig {
        id,
        size: Size::new(width.parse().expect("a width"), height.parse().expect("a height")),
        rate: parts.next().unwrap_or("30").parse().expect("a rate"),
        format: parts.next().map(|f| match f {
            "YUYV" => Format::Yuyv,
            "NV12" => Format::Nv12,
            _ => Format::Mjpeg,
        }),
    }
}

fn text(status: &Status) -> String {
    match status {
        Status::Starting => "starting".into(),
        Status::Running => "running".into(),
        Status::Lost(reason) => format!("lost: {reason}"),
        Status::Ended => "ended".into(),
    }
}
