//! Who can publish what, by what, and who can play it: every cell of the table is played for some seconds by a real player,
//! and its pictures are counted. Printed as Markdown.

mod player;
mod relayed;
mod source;

use std::fmt::Write as _;

use system_tests::PATIENCE;
use system_tests::binary;
use system_tests::server::Server;
use system_tests::wait::until;

use player::{PLAYERS, Player};
use source::{SOURCES, Source};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The server's configuration: everything listens, SRT so that a busy machine loses nothing.
const CONFIG: &str = "[listen]\nsrt = \"127.0.0.1:0\"\n[srt]\nlatency_ms = 1000\n";

/// A stream of the server's.
struct Stream<'a> {
    server: &'a Server,
    name: String,
    /// `rtmp://host/app/key`.
    address: String,
    key: String,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let (mut seconds, mut only) = (20, String::new());
    for (name, value) in binary::options()? {
        match name.as_str() {
            "--seconds" => seconds = value.parse()?,
            // The rows whose name has this in it.
            "--only" => only = value,
            other => return Err(format!("unknown option {other}").into()),
        }
    }
    let server = Server::start_with(CONFIG, &[]).await?;
    let mut table = head();
    let rows = SOURCES.iter().filter(|source| source.name().contains(&only));
    let mut notes = Vec::new();
    for (number, source) in rows.enumerate() {
        eprintln!("{}", source.name());
        table += &row(&server, number, *source, seconds, &mut notes).await?;
    }
    println!("Pictures counted in {seconds} s, 30 a second; -: see below.\n\n{table}");
    for note in notes {
        println!("- {note}");
    }
    Ok(())
}

fn head() -> String {
    let mut text = String::from("| publisher |");
    for player in PLAYERS {
        let _ = write!(text, " {} |", player.name());
    }
    text + "\n|---|" + &"---|".repeat(PLAYERS.len()) + "\n"
}

/// One publisher, played by all.
async fn row(
    server: &Server,
    number: usize,
    source: Source,
    seconds: u32,
    notes: &mut Vec<String>,
) -> Result<String, Failure> {
    let name = format!("row{number}");
    let address = server.add_stream(&name).await?;
    let key = address.rsplit('/').next().unwrap_or_default().to_owned();
    let stream = Stream {
        server,
        name,
        address,
        key,
    };
    let mut text = format!("| {} |", source.name());
    let published = match source.start(&stream).await {
        Ok(published) => published,
        Err(why) => {
            notes.push(format!("{}: {why}", source.name()));
            return Ok(text + &" - |".repeat(PLAYERS.len()) + "\n");
        }
    };
    let live = until(PATIENCE, async || {
        let known = server.stream(&stream.name).await?;
        Ok(known.filter(|known| known["video"]["frames"].as_u64() > Some(30)))
    });
    if live.await.is_err() {
        notes.push(format!("{}: nothing arrives", source.name()));
        return Ok(text + &" - |".repeat(PLAYERS.len()) + "\n");
    }
    // Those that take much of the machine one after the other, the others at once.
    let (heavy, light): (Vec<&Player>, Vec<&Player>) = PLAYERS.iter().partition(|player| player.is_heavy());
    let mut cells: Vec<Result<u64, String>> = Vec::new();
    for player in heavy {
        cells.push(player.play(&stream, seconds).await);
    }
    let light = light.iter().map(|player| player.play(&stream, seconds));
    cells.extend(futures_util::future::join_all(light).await);
    drop(published);
    for (player, cell) in PLAYERS.iter().zip(cells) {
        eprintln!("  {}: {cell:?}", player.name());
        match cell {
            Ok(pictures) => {
                let _ = write!(text, " {pictures} |");
            }
            Err(why) => {
                text += " - |";
                notes.push(format!("{} to {}: {why}", source.name(), player.name()));
            }
        }
    }
    Ok(text + "\n")
}
