//! Lists cameras and microphones, opens those named, and prints what came from them as one line of JSON.
//!
//! `probe [--camera ID [--size 640x360] [--fps 30] [--second-camera ID]] [--microphone ID] [--seconds N]`

use capture::{Camera, CameraConfig, DeviceInfo, Error, Microphone, MicrophoneConfig, ShowClock, Status};
use media::{AudioBlock, AudioSource, FrameRate, PixelFormat, Size, VideoSource};
use serde_json::{Value, json};
use sound::{BLOCK, RATE, block_time};

fn main() {
    let clock = ShowClock::start();
    let (mut camera, mut microphone) = (Value::Null, Value::Null);
    let ticks = option("--seconds").map_or(0, |s| (s.parse::<f64>().expect("a number") * 100.0) as u64);
    let mut video = opened(option("--camera").map(|id| open_camera(id, clock)), &mut camera);
    let mut second = Value::Null;
    let _second = opened(
        option("--second-camera").map(|id| open_camera(id, clock)),
        &mut second,
    );
    let mut audio = opened(
        option("--microphone").map(|id| Microphone::open(&MicrophoneConfig::new(id), clock)),
        &mut microphone,
    );
    // Whoever started this may now let things happen to the devices.
    eprintln!("opened");
    let (mut pictures, mut samples) = (Vec::new(), Vec::new());
    let first = clock.now().as_ticks(100).max(0) as u64 + 1;
    for n in first..first + ticks {
        let at = block_time(n);
        std::thread::sleep(at.saturating_since(clock.now()));
        if let Some(frame) = video.as_mut().and_then(|v| v.frame_at(at))
            && pictures.last() != Some(&frame.pts.as_nanos())
        {
            pictures.push(frame.pts.as_nanos());
        }
        if let Some(audio) = &mut audio {
            let mut block = AudioBlock::silence(at, RATE, 1, BLOCK);
            audio.fill(&mut block);
            samples.append(&mut block.samples);
        }
    }
    if let Some(video) = &video {
        camera = camera_report(video, &pictures);
    }
    if let Some(audio) = &audio {
        microphone = microphone_report(audio, &samples);
    }
    let report = json!({
        "cameras": names(capture::camera::list()),
        "microphones": names(capture::microphone::list()),
        "camera": camera,
        "second_camera": second,
        "microphone": microphone,
    });
    println!("{report}");
}

fn option(name: &str) -> Option<String> {
    std::env::args().skip_while(|a| a != name).nth(1)
}

fn open_camera(id: String, clock: ShowClock) -> Result<Camera, Error> {
    let size = option("--size").unwrap_or_else(|| "640x360".into());
    let (width, height) = size.split_once('x').expect("a size is written like 640x360");
    let rate: FrameRate = option("--fps").map_or(FrameRate::whole(30), |f| f.parse().expect("a frame rate"));
    let config = CameraConfig {
        id,
        size: Size::new(width.parse().expect("a width"), height.parse().expect("a height")),
        rate,
        format: PixelFormat::Yuyv,
    };
    Camera::open(&config, clock)
}

/// The device, or its error in the report.
fn opened<T>(result: Option<Result<T, Error>>, report: &mut Value) -> Option<T> {
    match result? {
        Ok(device) => Some(device),
        Err(error) => {
            *report = json!({ "error": error.code(), "sentence": error.to_string() });
            None
        }
    }
}

fn camera_report(camera: &Camera, pts: &[i64]) -> Value {
    let counters = camera.counters();
    let own = camera.camera_counters();
    let gaps: Vec<f64> = pts.windows(2).map(|w| (w[1] - w[0]) as f64 / 1e6).collect();
    json!({
        "name": camera.info().name,
        "status": status(&camera.status()),
        "received": counters.received,
        "skipped": counters.skipped,
        "stamped": own.stamped,
        "short": own.short,
        "lost": own.lost,
        "delay_ms": counters.delay_nanos as f64 / 1e6,
        "gaps_ms": gaps,
    })
}

fn microphone_report(microphone: &Microphone, samples: &[f32]) -> Value {
    let counters = microphone.microphone_counters();
    json!({
        "name": microphone.info().name,
        "status": status(&microphone.status()),
        "received": counters.received,
        "missing": counters.missing,
        "reanchored": counters.reanchored,
        "overruns": counters.overruns,
        "lost": counters.lost,
        "drift_ppm": counters.drift_ppm,
        "delay_ms": microphone.delay().as_secs_f64() * 1e3,
        "rms_by_100_ms": rms(samples),
        "rises_by_100_ms": rises(samples),
    })
}

fn status(status: &Status) -> String {
    match status {
        Status::Running => "running".into(),
        Status::Lost(reason) => format!("lost: {reason}"),
        Status::Ended => "ended".into(),
    }
}

fn names(devices: Vec<DeviceInfo>) -> Vec<Value> {
    let one = |d: DeviceInfo| json!({ "id": d.id, "name": d.name });
    devices.into_iter().map(one).collect()
}

/// RMS of each tenth of a second.
fn rms(samples: &[f32]) -> Vec<f32> {
    let one = |part: &[f32]| (part.iter().map(|s| s * s).sum::<f32>() / part.len() as f32).sqrt();
    samples.chunks_exact(4_800).map(one).collect()
}

/// How often each tenth of a second crosses zero upwards: a tenth of the frequency of a tone.
fn rises(samples: &[f32]) -> Vec<usize> {
    let one = |part: &[f32]| part.windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0).count();
    samples.chunks_exact(4_800).map(one).collect()
}
