//! Viewers who join by WebRTC: how soon they see, and how old what they see is a second later.

use std::time::Duration;

use system_tests::browser::{Browser, Options, Page};
use system_tests::counter::{self, Seen};
use system_tests::delay::{Figures, Spread, Taken};
use system_tests::server::Server;

use crate::Failure;
use crate::watch::{PATIENCE, PLAYING};

/// How long each stays.
const STAYS: Duration = Duration::from_secs(4);
/// The delay counts from so long after the first picture on, in ms.
const SETTLED: f64 = 1_000.0;

/// A viewer who came.
struct Join {
    /// From opening the page to its playing, in ms.
    first_picture: f64,
    seen: Vec<Seen>,
}

/// Those who came first to a stream, for whom the worker had to start, and those who came next.
pub(crate) struct Joins([Vec<Join>; 2]);

/// The name of the stream that nobody has watched before round `n`.
pub(crate) fn unseen(n: u64) -> String {
    format!("unseen{n}")
}

/// Two viewers, one after the other, for each of the streams that nobody has watched.
pub(crate) async fn watch(server: &Server, rounds: u64) -> Result<Joins, Failure> {
    let browser = Browser::start(&Options::default()).await?;
    let mut joins = [Vec::new(), Vec::new()];
    for n in 0..rounds {
        let url = server.url(&format!("/watch/{}?via=whep", unseen(n)));
        for who in &mut joins {
            who.push(join(&browser.page, &url).await?);
        }
    }
    Ok(Joins(joins))
}

async fn join(page: &Page, url: &str) -> Result<Join, Failure> {
    page.goto(url).await?;
    let first_picture = page.wait_for(PLAYING, PATIENCE).await?;
    counter::record(page).await?;
    tokio::time::sleep(STAYS).await;
    let seen = counter::take(page).await?;
    page.goto("about:blank").await?;
    Ok(Join {
        first_picture: first_picture.as_f64().unwrap_or(f64::NAN),
        seen,
    })
}

impl Joins {
    /// Prints both kinds.
    pub(crate) fn print(&self, taken: Taken) {
        for (who, joins) in ["the worker starts", "it runs"].into_iter().zip(&self.0) {
            let first: Vec<_> = joins.iter().map(|join| join.first_picture).collect();
            let settled: Vec<_> = joins.iter().map(|join| settled(join, taken)).collect();
            let (first, settled) = (Spread::of(&first), Spread::of(&settled));
            println!(
                "joining by WHEP, {who}: first picture p50 {:.0}, at most {:.0} ms after opening; delay from 1 s on \
                 (p95 of each of {}) p50 {:.0}, at most {:.0}",
                first.p50,
                first.max,
                joins.len(),
                settled.p50,
                settled.max
            );
            for join in joins {
                println!("        delay each half second: {}", course(join, taken));
            }
        }
    }
}

/// The middle delay of each half second, in ms.
fn course(join: &Join, taken: Taken) -> String {
    let begun = join.seen.first().map_or(f64::NAN, |first| first.shown);
    let halves = join
        .seen
        .chunk_by(|a, b| half(a.shown - begun) == half(b.shown - begun));
    let middles = halves.map(|seen| format!("{:.0}", Figures::judge(seen, taken).delay.p50));
    middles.collect::<Vec<_>>().join(", ")
}

fn half(ms: f64) -> i64 {
    (ms / 500.0) as i64
}

/// The delay that 95 of 100 pictures have that come a second after the first.
fn settled(join: &Join, taken: Taken) -> f64 {
    let begun = join.seen.first().map_or(f64::NAN, |first| first.shown);
    let late = join.seen.iter().filter(|seen| seen.shown >= begun + SETTLED);
    Figures::judge(&late.copied().collect::<Vec<_>>(), taken)
        .delay
        .p95
}
