//! A viewer whose device changes from one network to another and back.

use std::time::Duration;

use netlab::{Lab, SERVER};
use system_tests::server::Server;

use crate::{FIRST, Failure, NAME, PATIENCE, Settings, show, viewer};

/// How long the page plays before, between and after.
const STAYS: Duration = Duration::from_secs(12);
/// Pictures that come later than this behind the one before stood still, in ms.
const STILL: &str = "300";

/// Notes when pictures come; says how long each standstill was.
const NOTE: &str = "const shown = (window.shown = []);
    const video = document.querySelector('video');
    const note = () => (shown.push(performance.now()), video.requestVideoFrameCallback(note));
    note();";

/// Measures each way.
pub(crate) async fn measure(settings: &Settings) -> Result<(), Failure> {
    for via in ["flv", "ll-hls", "whep"] {
        let still = change(settings, via).await?;
        println!("{via:<7} to another network and back: the picture stood still for {still} ms");
    }
    Ok(())
}

async fn change(settings: &Settings, via: &str) -> Result<String, Failure> {
    let lab = Lab::new(&settings.lines(2)?)?;
    let server = Server::start_at(SERVER.into(), "").await?;
    let _publisher = show::publish(&server, NAME).await?;
    let browser = viewer(&lab).await?;
    let page = &browser.page;
    page.goto(&server.url(&format!("/watch/{NAME}?via={via}")))
        .await?;
    page.wait_for(FIRST, PATIENCE).await?;
    tokio::time::sleep(STAYS).await;
    page.eval(NOTE).await?;
    // The driver is reached over the first network alone, so nothing is asked meanwhile.
    lab.carrier(0, false)?;
    lab.route(1)?;
    tokio::time::sleep(STAYS).await;
    lab.carrier(0, true)?;
    tokio::time::sleep(STAYS).await;
    let still = format!(
        "return shown.slice(1).map((at, n) => Math.round(at - shown[n])).filter((ms) => ms > {STILL}).join(', ');"
    );
    let still = page.eval(&still).await?;
    Ok(still.as_str().unwrap_or_default().to_owned())
}
