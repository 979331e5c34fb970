//! The counter's JavaScript twin reads what the Rust one writes.

use media::counter::{HEIGHT, WIDTH, write};
use serde_json::json;
use system_tests::browser::{Browser, Options};
use system_tests::counter::SCRIPT;

/// Draws a plane of luma as a browser shows it, and reads the counter in it.
const DRAW_AND_READ: &str = "
    const [planes, width, height, answer] = arguments;
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const context = canvas.getContext('2d');
    answer(planes.map((runs) => {
        const image = context.createImageData(width, height);
        let at = 0;
        for (const [luma, length] of runs) {
            const grey = (luma - 16) * 255 / 219;
            for (let i = 0; i < length; i++, at += 4) image.data.set([grey, grey, grey, 255], at);
        }
        context.putImageData(image, 0, 0);
        return frameCounter.read(canvas);
    }));";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_reads_the_counter_that_was_written() {
    let Some(browser) = Browser::start_or_skip(&Options::default()).await else {
        return;
    };
    let values = [0, 1, 2, 0x8000_0000, 0xdead_beef, 123_456_789, u32::MAX];
    let mut planes: Vec<_> = values.iter().map(|&value| json!(runs(&plane(value)))).collect();
    let mut broken = plane(77);
    broken.chunks_mut(WIDTH).for_each(|row| row[160..176].fill(235));
    planes.push(json!(runs(&broken)));

    browser.page.eval(SCRIPT).await.unwrap();
    let read = browser
        .page
        .eval_async(DRAW_AND_READ, vec![json!(planes), json!(WIDTH), json!(HEIGHT)])
        .await
        .unwrap();

    let mut expected: Vec<_> = values.iter().map(|value| json!(value)).collect();
    expected.push(json!(null));
    assert_eq!(read, json!(expected));
}

fn plane(value: u32) -> Vec<u8> {
    let mut plane = vec![16; WIDTH * HEIGHT];
    assert!(write(&mut plane, WIDTH, value));
    plane
}

/// Run lengths, so that the planes go quickly through the driver.
fn runs(plane: &[u8]) -> Vec<(u8, usize)> {
    plane
        .chunk_by(|a, b| a == b)
        .map(|run| (run[0], run.len()))
        .collect()
}
