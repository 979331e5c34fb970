//! A server that reads slowly: bytes pass through here at a pace.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;

use crate::Failure;

/// The system takes so much before it lets the sender wait.
const RECEIVES: u32 = 32 * 1024;
/// So much is read at once.
const PIECE: usize = 4 * 1024;

/// Passes connections on for as long as it is there.
pub(super) struct Proxy {
    pub(super) at: SocketAddr,
    /// In kbit/s.
    pace: Arc<AtomicU32>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// One at `host`, before `to`, as fast as can be.
    pub(super) fn start(host: IpAddr, to: SocketAddr) -> Result<Self, Failure> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(RECEIVES)?;
        socket.bind(SocketAddr::new(host, 0))?;
        let listener = socket.listen(16)?;
        let at = listener.local_addr()?;
        let pace = Arc::new(AtomicU32::new(u32::MAX));
        let paced = Arc::clone(&pace);
        let task = tokio::spawn(async move {
            while let Ok((from, _)) = listener.accept().await {
                tokio::spawn(pass(from, to, Arc::clone(&paced)));
            }
        });
        Ok(Self { at, pace, task })
    }

    /// Reads no more than `kbps` from now on.
    pub(super) fn slow_down(&self, kbps: u32) {
        self.pace.store(kbps, Ordering::Relaxed);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Until one of both ends.
async fn pass(mut from: TcpStream, to: SocketAddr, pace: Arc<AtomicU32>) -> std::io::Result<()> {
    let mut to = TcpStream::connect(to).await?;
    let (mut sender, mut back) = from.split();
    let (mut answers, mut server) = to.split();
    let forth = async {
        let mut piece = vec![0; PIECE];
        loop {
            let read = sender.read(&mut piece).await?;
            if read == 0 {
                return std::io::Result::Ok(());
            }
            server.write_all(&piece[..read]).await?;
            let kbps = f64::from(pace.load(Ordering::Relaxed));
            tokio::time::sleep(Duration::from_secs_f64(read as f64 * 8.0 / 1e3 / kbps)).await;
        }
    };
    tokio::select! {
        over = forth => over,
        over = tokio::io::copy(&mut answers, &mut back) => over.map(|_| ()),
    }
}
