//! The port.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, UdpSocket};
use tokio_util::task::AbortOnDropHandle;

use super::routes::{Arrival, Routes};
use super::session::Session;
use super::tcp::{self, Writers};
use crate::{Candidates, Connection, Error, Identity, Role, Transport};

/// Room for what comes while nobody looks, and for what is sent at once, in bytes.
const SOCKET_BUFFER: usize = 4 << 20;
/// Longer than any packet that comes here.
const LONGEST_PACKET: usize = 2_048;
/// How often the system is asked for a port that is free for both UDP and TCP.
const CHOICES: u32 = 16;
/// Pause after the port could not be read.
const PAUSE: Duration = Duration::from_millis(50);

/// What strangers may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections in all.
    pub connections: usize,
}

/// Asked whether a TCP connection from an address is let in. What it gives is held until the connection is over.
pub type Admit = Box<dyn Fn(IpAddr) -> Option<Box<dyn Send>> + Send + Sync>;

/// One UDP port, and TCP with the same number. Dropping it ends the reading; its sessions end by silence.
#[derive(Debug)]
pub struct Endpoint {
    shared: Arc<Shared>,
    _tasks: Vec<AbortOnDropHandle<()>>,
}

/// What sessions share.
pub(super) struct Shared {
    udp: UdpSocket,
    routes: Mutex<Routes>,
    pub(super) writers: Writers,
    identity: Identity,
    candidates: Candidates,
    limits: Limits,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("udp", &self.udp)
            .field("candidates", &self.candidates)
            .finish_non_exhaustive()
    }
}

impl Endpoint {
    /// A server's port at `address`, announced by `announced`; port 0 asks the system for a free one. `admit` is asked for
    /// each TCP connection, which hasn't shown yet whose it is. Has to be called within a tokio runtime.
    ///
    /// # Errors
    /// [`Error::Io`] when a port is taken, or no certificate can be made.
    pub fn serve(
        address: SocketAddr,
        announced: &[IpAddr],
        limits: Limits,
        admit: Admit,
    ) -> Result<Self, Error> {
        let (udp, listener) = both(address)?;
        let bound = udp.local_addr()?;
        let at = |ip: &IpAddr| SocketAddr::new(*ip, bound.port());
        let addresses: Vec<_> = announced.iter().map(at).collect();
        let candidates = Candidates {
            udp: addresses.clone(),
            tcp: addresses,
        };
        let mut this = Self::new(udp, candidates, limits)?;
        let tcp = tokio::spawn(tcp::serve(listener, Arc::clone(&this.shared), admit));
        this._tasks.push(AbortOnDropHandle::new(tcp));
        Ok(this)
    }

    /// A client's port, on the way to `peer`.
    ///
    /// # Errors
    /// [`Error::Io`] when there is no way to it.
    pub fn call(peer: SocketAddr) -> Result<Self, Error> {
        let udp = socket(SocketAddr::new(super::towards(peer)?, 0))?;
        let candidates = Candidates {
            udp: vec![udp.local_addr()?],
            tcp: Vec::new(),
        };
        let limits = Limits { connections: 1 };
        Self::new(udp, candidates, limits)
    }

    fn new(udp: UdpSocket, candidates: Candidates, limits: Limits) -> Result<Self, Error> {
        let shared = Arc::new(Shared {
            udp,
            routes: Mutex::default(),
            writers: Writers::default(),
            identity: Identity::generate()?,
            candidates,
            limits,
        });
        let read = tokio::spawn(read(Arc::clone(&shared)));
        Ok(Self {
            shared,
            _tasks: vec![AbortOnDropHandle::new(read)],
        })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// What the system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.shared.udp.local_addr()
    }

    /// Connections now.
    pub fn connections(&self) -> usize {
        self.shared.routes().len()
    }

    /// Whether another connection may be made.
    pub fn has_room(&self) -> bool {
        self.connections() < self.shared.limits.connections
    }

    /// Answers `offer`, SDP; gives the answer with the session.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::Description`], [`Error::NothingInCommon`].
    pub fn answer(&self, offer: &str, role: Role) -> Result<(Session, String), Error> {
        let (identity, candidates) = (&self.shared.identity, &self.shared.candidates);
        let (connection, answer) = Connection::answer(offer, role, identity, candidates, Instant::now())?;
        Ok((Session::new(connection, Arc::clone(&self.shared)), answer))
    }

    /// Makes an offer; gives it, SDP, with the session that waits for the answer.
    ///
    /// # Errors
    /// [`Error::Description`].
    pub fn offer(&self, role: Role) -> Result<(Session, String), Error> {
        let (identity, candidates) = (&self.shared.identity, &self.shared.candidates);
        let offered = Connection::offer(role, identity, candidates, Instant::now())?;
        let session = Session::new(offered.connection, Arc::clone(&self.shared));
        self.shared.routes().calls(session.name());
        Ok((session, offered.offer))
    }
}

impl Shared {
    pub(super) fn routes(&self) -> MutexGuard<'_, Routes> {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a packet; one for which there is no room is lost, as packets are.
    pub(super) fn send(&self, transport: Transport, to: SocketAddr, packet: &[u8]) {
        match transport {
            Transport::Udp => {
                let _ = self.udp.try_send_to(packet, to);
            }
            Transport::Tcp => self.writers.send(to, packet),
        }
    }

    /// The candidate at which a packet from `from` came: the announced one of its kind.
    pub(super) fn local(&self, transport: Transport, from: SocketAddr) -> Option<SocketAddr> {
        let own = match transport {
            Transport::Udp => &self.candidates.udp,
            Transport::Tcp => &self.candidates.tcp,
        };
        let same = |at: &&SocketAddr| at.is_ipv4() == from.ip().to_canonical().is_ipv4();
        let near = |at: &&SocketAddr| same(at) && at.ip().is_loopback() == from.ip().is_loopback();
        let found = own.iter().find(near).or_else(|| own.iter().find(same));
        found.or(own.first()).copied()
    }
}

/// Reads the port for as long as it is there.
async fn read(shared: Arc<Shared>) {
    let mut buffer = [0; LONGEST_PACKET];
    loop {
        match shared.udp.recv_from(&mut buffer).await {
            Ok((length, from)) => {
                let packet = Bytes::copy_from_slice(&buffer[..length]);
                let transport = Transport::Udp;
                shared.routes().hand_on(Arrival {
                    transport,
                    from,
                    packet,
                });
            }
            // A peer's port was closed, says its machine: its silence will tell.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
            Err(error) => {
                tracing::debug!(%error, "the port for WebRTC could not be read");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// The port, UDP and TCP.
fn both(address: SocketAddr) -> io::Result<(UdpSocket, TcpListener)> {
    let mut tries = 0;
    loop {
        let udp = socket(address)?;
        match std::net::TcpListener::bind(udp.local_addr()?) {
            Ok(listener) => {
                listener.set_nonblocking(true)?;
                return Ok((udp, TcpListener::from_std(listener)?));
            }
            // What the system chose for one isn't always free for the other.
            Err(error)
                if address.port() == 0 && error.kind() == io::ErrorKind::AddrInUse && tries < CHOICES =>
            {
                tries += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

fn socket(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    // As much of it as the system allows.
    let _ = socket.set_recv_buffer_size(SOCKET_BUFFER);
    let _ = socket.set_send_buffer_size(SOCKET_BUFFER);
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    UdpSocket::from_std(socket.into())
}
