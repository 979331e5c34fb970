//! A camera and a microphone, as programs of a machine find them, reach the viewer's page.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use std::f64::consts::TAU;

use media::{AudioBlock, VideoFrame};
use system_tests::PATIENCE;
use system_tests::browser::{Browser, Options};
use system_tests::player::Player;
use system_tests::server::Server;
use system_tests::sound_fixture::SoundFixture;
use system_tests::studio::{Show, Studio};
use system_tests::viewer::Viewer;
use system_tests::{counter, preload, skip};

/// The tone at the microphone: its frequency, and its peak of full scale.
const HZ: u32 = 1_000;
const PEAK: f64 = 0.25;
/// The row of the picture at which the camera's begins: below the frame counter.
const TOP: usize = 40;

const PARTS: &str = r##"
[[source]]
name = "wall"
type = "color"
color = "#202020"
[[source]]
name = "desk"
type = "camera"
device = "Desk"
size = "640x320"
[[source]]
name = "voice"
type = "microphone"
device = "Headset"
[[scene]]
name = "main"
[[scene.layer]]
source = "wall"
[[scene.layer]]
source = "desk"
rect = { x = 0, y = 40, width = 640, height = 320 }
"##;

/// The number that the camera writes into its frames: 32 fields in its uppermost 16 rows.
fn camera_number(frame: &VideoFrame) -> Option<u32> {
    let (luma, stride) = (frame.plane(0), frame.planes[0].stride);
    let bit = |field: usize| {
        let rows = (TOP + 4..TOP + 12).flat_map(|y| luma[y * stride + field * 20 + 6..][..8].iter());
        u32::from(rows.map(|&sample| u32::from(sample)).sum::<u32>() >= 128 * 64)
    };
    Some((0..32).fold(0, |number, field| number << 1 | bit(field)))
}

/// Root mean square of the left channel, and the share of its power that is at `hz` (G. Goertzel, 1958).
fn tone(blocks: &[AudioBlock], hz: u32) -> (f64, f64) {
    let left = |block: &AudioBlock| {
        let step = usize::from(block.channels);
        block
            .samples
            .iter()
            .step_by(step)
            .map(|&s| f64::from(s))
            .collect::<Vec<_>>()
    };
    let samples: Vec<f64> = blocks.iter().flat_map(left).collect();
    let samples = &samples[..4_800];
    let power = samples.iter().map(|s| s * s).sum::<f64>() / 4_800.0;
    let step = TAU * f64::from(hz) / f64::from(blocks[0].rate);
    let along = |wave: fn(f64) -> f64| {
        let wave = (0..4_800).map(|n| wave(step * f64::from(n)));
        samples.iter().zip(wave).map(|(s, w)| s * w).sum::<f64>() / 2_400.0
    };
    let at = (along(f64::sin).powi(2) + along(f64::cos).powi(2)) / 2.0;
    (power.sqrt(), at / power)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_camera_and_a_microphone_reach_the_page() {
    if let Some(missing) = SoundFixture::missing() {
        return skip(missing);
    }
    let Some(browser) = Browser::start_or_skip(&Options::default()).await else {
        return;
    };
    let mut sound = SoundFixture::start(&["Headset"]).unwrap();
    sound.tone(1, HZ, PEAK).unwrap();
    let server = Server::start().await.unwrap();
    let show = Show::new(PARTS)
        .companion(&server.url(""))
        .output("mine", &server.add_stream("spring").await.unwrap());
    let studio = Studio::start_in(&show, |command| {
        sound.environment(command.as_std_mut());
        preload::cameras(command, "name=Desk,size=640x320,fps=30").unwrap();
    })
    .unwrap();

    let page = &browser.page;
    page.goto(&server.url("/watch/spring?via=flv")).await.unwrap();
    page.wait_for("window.anchorStats?.().phase === 'playing'", PATIENCE)
        .await
        .unwrap();
    counter::record(page).await.unwrap();
    counter::wait(page, 45, PATIENCE).await.unwrap();
    let shown = counter::take(page).await.unwrap();
    let numbers: Vec<_> = shown.iter().filter_map(|seen| seen.counter).collect();
    assert!(
        numbers.len() >= 40 && numbers.windows(2).all(|pair| pair[0] <= pair[1]),
        "{numbers:?}"
    );
    assert!(numbers[numbers.len() - 1] >= numbers[0] + 40, "{numbers:?}");
    let heard = "document.querySelector('video').webkitAudioDecodedByteCount";
    let bytes = page.wait_for(heard, PATIENCE).await.unwrap();
    page.wait_for(&format!("{heard} > {bytes}"), PATIENCE)
        .await
        .unwrap();

    let mut viewer = Viewer::wait(server.http, "spring", PATIENCE).await.unwrap();
    let mut seen = Player::new();
    seen.mark = Some(camera_number);
    viewer
        .play(&mut seen, PATIENCE, |seen| seen.pictures.len() >= 90)
        .await
        .unwrap();
    let (report, said) = studio.stop().await.unwrap();
    let taken: Vec<_> = seen.pictures.iter().filter_map(|picture| picture.mark).collect();
    let moved = taken.windows(2).filter(|pair| pair[0] < pair[1]).count();
    assert!(
        taken.windows(2).all(|pair| pair[0] <= pair[1]),
        "the camera went back: {taken:?}"
    );
    assert!(moved * 2 >= taken.len(), "{taken:?}");

    let last = seen.sound.len() - 10;
    let (rms, share) = tone(&seen.sound[last..], HZ);
    println!(
        "{moved} of {} pictures moved; rms {rms:.4}, {share:.4} of it at {HZ} Hz",
        taken.len()
    );
    assert!((rms / (PEAK / 2f64.sqrt()) - 1.0).abs() < 0.1, "{rms}: {said}");
    assert!(share > 0.97, "{share}");
    for name in ["desk", "voice"] {
        let source = report.sources.iter().find(|source| source.name == name).unwrap();
        assert!(source.received > 0 && source.error.is_none(), "{source:?}");
    }
}
