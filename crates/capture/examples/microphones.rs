//! Opens the microphones named, all at once, and prints what came from each as one line of JSON.
//!
//! `microphones SECONDS ID...`

use capture::{DeviceInfo, Error, Microphone, MicrophoneConfig, ShowClock, Status};
use media::{AudioBlock, AudioSource};
use serde_json::{Value, json};
use sound::{BLOCK, RATE, block_time};

fn main() {
    let clock = ShowClock::start();
    let mut arguments = std::env::args().skip(1);
    let seconds: f64 = arguments
        .next()
        .and_then(|s| s.parse().ok())
        .expect("a number of seconds");
    let mut opened: Vec<_> = arguments
        .map(|id| Microphone::open(&MicrophoneConfig::new(id), clock))
        .collect();
    // Whoever started this may now let things happen to the devices.
    eprintln!("opened");
    let mut heard = vec![Vec::new(); opened.len()];
    let first = clock.now().as_ticks(100).max(0) as u64 + 1;
    for n in first..first + (seconds * 100.0) as u64 {
        let at = block_time(n);
        std::thread::sleep(at.saturating_since(clock.now()));
        for (microphone, heard) in opened.iter_mut().zip(&mut heard) {
            if let Ok(microphone) = microphone {
                let mut block = AudioBlock::silence(at, RATE, 1, BLOCK);
                microphone.fill(&mut block);
                heard.append(&mut block.samples);
            }
        }
    }
    let reports: Vec<_> = opened
        .iter()
        .zip(&heard)
        .map(|(m, heard)| report(m, heard))
        .collect();
    let listed: Vec<_> = capture::microphone::list().into_iter().map(name).collect();
    println!("{}", json!({ "listed": listed, "heard": reports }));
}

fn name(device: DeviceInfo) -> Value {
    json!({ "id": device.id, "name": device.name })
}

fn report(microphone: &Result<Microphone, Error>, samples: &[f32]) -> Value {
    let microphone = match microphone {
        Ok(microphone) => microphone,
        Err(error) => return json!({ "error": error.code(), "sentence": error.to_string() }),
    };
    let counters = microphone.microphone_counters();
    json!({
        "name": microphone.info().name,
        "status": status(&microphone.status()),
        "rate": counters.rate,
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
        Status::Lost(reason) => format!("lost: {reason}"),
        other => format!("{other:?}").to_lowercase(),
    }
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
