//! RTMP by hand: takes one publisher into an FLV file, sends an FLV file to a server, or plays into one.
//!
//! ```text
//! relay listen 127.0.0.1:1935 out.flv          # until the publisher ends
//! KEY=… relay publish in.flv rtmp://host/live  # at the file's own pace
//! KEY=… relay play rtmp://host/live out.flv    # until what is played ends
//! ```

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::time::Duration;

use container::flv::{Reader, header, write_tag};
use rtmp::io::{Connection, Player, Publisher};
use rtmp::server::Event;
use rtmp::{Limits, Target};
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep_until};

const TIMEOUT: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["listen", address, file] => listen(address, file).await,
        ["publish", file, url] => publish(file, url).await,
        ["play", url, file] => play(url, file).await,
        _ => Err("relay listen ADDRESS FILE | publish FILE URL | play URL FILE".into()),
    }
}

fn target(url: &str) -> Result<Target, Box<dyn Error>> {
    Ok(Target::new(url, std::env::var("KEY")?)?)
}

async fn listen(address: &str, file: &str) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(address).await?;
    println!("listening {}", listener.local_addr()?);
    let (stream, _) = listener.accept().await?;
    let mut connection = Connection::new(stream, Limits::default())?;
    let mut out = File::create(file)?;
    out.write_all(&header(true, true))?;
    loop {
        match connection.event().await? {
            Event::Tag(tag) => out.write_all(&write_tag(&tag))?,
            Event::Closed => return Ok(()),
            event => println!("{event:?}"),
        }
        connection.accept();
    }
}

async fn publish(file: &str, url: &str) -> Result<(), Box<dyn Error>> {
    let mut reader = Reader::new();
    reader.push(&tokio::fs::read(file).await?);
    let mut publisher = Publisher::connect(target(url)?, TIMEOUT).await?;
    let start = Instant::now();
    while let Some(tag) = reader.next_tag()? {
        sleep_until(start + Duration::from_millis(tag.timestamp.into())).await;
        publisher.send(&tag).await?;
    }
    println!("{:?}, unsent {}", publisher.stats(), publisher.unsent());
    Ok(publisher.close().await?)
}

async fn play(url: &str, file: &str) -> Result<(), Box<dyn Error>> {
    let mut player = Player::connect(target(url)?, TIMEOUT).await?;
    let mut out = File::create(file)?;
    out.write_all(&header(true, true))?;
    loop {
        match player.next_tag().await {
            Ok(tag) => out.write_all(&write_tag(&tag))?,
            Err(rtmp::Error::Closed) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}
