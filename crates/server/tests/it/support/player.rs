//! Someone who plays by RTMP.

use std::net::SocketAddr;

use container::flv::Tag;
use rtmp::{Error, Target, io};
use tokio::runtime::{Builder, Runtime};

use super::PATIENCE;
use super::media::is_media;

/// Our own player, step by step.
pub(crate) struct Player {
    runtime: Runtime,
    player: io::Player,
}

impl Player {
    /// Plays stream `name`, once the server has granted it.
    pub(crate) fn connect(to: SocketAddr, name: &str) -> Result<Self, Error> {
        Self::connect_to(&format!("rtmp://{to}/live"), name)
    }

    /// The same at an address with an application of the caller's.
    pub(crate) fn connect_to(url: &str, name: &str) -> Result<Self, Error> {
        let target = Target::new(url, name).unwrap();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let player = runtime.block_on(io::Player::connect(target, PATIENCE))?;
        Ok(Self { runtime, player })
    }

    /// The next tag of any kind.
    pub(crate) fn next(&mut self) -> Result<Tag, Error> {
        let next = async { tokio::time::timeout(PATIENCE, self.player.next_tag()).await };
        self.runtime.block_on(next).unwrap()
    }

    /// The next `n` tags of sound and pictures.
    pub(crate) fn media(&mut self, n: usize) -> Vec<Tag> {
        let media = std::iter::from_fn(|| self.next().ok()).filter(is_media);
        let tags: Vec<_> = media.take(n).collect();
        assert_eq!(tags.len(), n, "the stream ended");
        tags
    }
}
