//! Keeps what goes by between a client and a server.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::corpus::LARGEST;

/// Takes connections and hands them on.
pub(crate) struct Tap {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    sessions: Arc<Mutex<Vec<Session>>>,
    task: JoinHandle<()>,
}

/// The beginning of what went by.
#[derive(Clone, Default)]
pub(crate) struct Session {
    /// To the server.
    pub(crate) up: Arc<Mutex<Vec<u8>>>,
    /// From the server.
    pub(crate) down: Arc<Mutex<Vec<u8>>>,
}

impl Tap {
    /// Listens, and hands on to `server`.
    pub(crate) async fn start(server: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let sessions = Arc::<Mutex<Vec<Session>>>::default();
        let keep = Arc::clone(&sessions);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let session = Session::default();
                keep.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(session.clone());
                tokio::spawn(hand_on(client, server, session));
            }
        });
        Ok(Self {
            address,
            sessions,
            task,
        })
    }

    /// Bytes of all connections so far, to the server and from it, in the order in which they came.
    pub(crate) fn sessions(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = |kept: &Mutex<Vec<u8>>| kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        sessions
            .iter()
            .map(|session| (bytes(&session.up), bytes(&session.down)))
            .collect()
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn hand_on(client: TcpStream, server: SocketAddr, session: Session) -> io::Result<()> {
    let server = TcpStream::connect(server).await?;
    let ((client_reads, client_writes), (server_reads, server_writes)) =
        (client.into_split(), server.into_split());
    tokio::try_join!(
        copy(client_reads, server_writes, session.up),
        copy(server_reads, client_writes, session.down)
    )?;
    Ok(())
}

async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, keep: Arc<Mutex<Vec<u8>>>) -> io::Result<()> {
    let mut piece = [0; 4096];
    loop {
        let len = from.read(&mut piece).await?;
        if len == 0 {
            return to.shutdown().await;
        }
        note(&keep, &piece[..len]);
        to.write_all(&piece[..len]).await?;
    }
}

fn note(keep: &Mutex<Vec<u8>>, bytes: &[u8]) {
    let mut kept = keep.lock().unwrap_or_else(PoisonError::into_inner);
    let room = LARGEST.saturating_sub(kept.len());
    kept.extend(&bytes[..room.min(bytes.len())]);
}
