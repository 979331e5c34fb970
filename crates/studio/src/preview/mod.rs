//! What the seller sees: the program, scenes and sources as one small picture, for a window of this machine.
//!
//! The page says what it looks at and at which size ([`socket`], over a WebSocket of the loopback); [`viewer`] says
//! when a picture is due; the [`painter`] asks the tick for a shot through the [`tap`], makes what is shown smaller
//! ([`shrink`]), lays it out ([`layout`], [`sheet`]), composes one atlas on a device of its own ([`easel`]) and sends
//! it as a JPEG. While nobody looks none of this costs anything.
//!
//! | queue | length | when it is full |
//! | --- | --- | --- |
//! | shots before the painter | 1 | the newer is not made |
//! | pictures on their way to the page | 2 | the painter waits until one has been drawn |

mod easel;
mod gate;
mod layout;
mod painter;
mod prints;
mod sheet;
mod shrink;
mod socket;
mod tap;
mod viewer;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::thread::JoinHandle;

use capture::clock::ShowClock;
use tokio_util::sync::CancellationToken;

use crate::mix::Desk;
use gate::Gate;
use painter::Painter;
use socket::Rules;

pub(crate) use tap::{Shot, Tap};

/// Where a page finds the preview.
pub use api::window::PreviewAddress as Address;

/// Random bytes of a token.
const TOKEN: usize = 32;

/// A running preview. It ends when it is dropped; [`Preview::stop`] waits for that.
pub(crate) struct Preview {
    address: Address,
    gate: Arc<Gate>,
    end: CancellationToken,
    painter: Option<JoinHandle<()>>,
}

/// Holds a preview back; of one that isn't there it holds nothing.
#[derive(Clone, Default)]
pub(crate) struct Rein(Option<Arc<Gate>>);

impl Rein {
    /// Whether anybody looks on.
    pub(crate) fn is_looked_at(&self) -> bool {
        self.0.as_ref().is_some_and(|gate| gate.is_looked_through())
    }

    /// From now on so many pictures a second are made at most; as many as are asked for when absent.
    pub(crate) fn hold_to(&self, most: Option<u32>) {
        if let Some(gate) = &self.0 {
            gate.hold_to(most);
        }
    }
}

/// Starts the preview of the show whose tick is tapped and whose sound is mixed at `desk`. Pages of the window's own
/// origins may look on, and those of `origins`. To be called within a tokio runtime.
///
/// # Errors
/// The system's, when it has no port, thread or random numbers left.
pub(crate) fn start(
    clock: ShowClock,
    tap: Arc<Tap>,
    desk: Arc<Desk>,
    origins: &[String],
) -> std::io::Result<Preview> {
    let token = token()?;
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let port = listener.local_addr()?.port();
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let gate = Arc::new(Gate::default());
    let painter = Painter {
        clock,
        tap,
        desk,
        gate: Arc::clone(&gate),
    };
    let painter = std::thread::Builder::new()
        .name("preview".into())
        .spawn(move || painter.run())?;
    let end = CancellationToken::new();
    let rules = Arc::new(Rules::new(token.clone(), origins));
    tokio::spawn(socket::serve(listener, Arc::clone(&gate), rules, end.clone()));
    Ok(Preview {
        address: Address { port, token },
        gate,
        end,
        painter: Some(painter),
    })
}

fn token() -> std::io::Result<String> {
    let mut bytes = [0; TOKEN];
    // Without random numbers anyone could look on: then there is no preview.
    getrandom::fill(&mut bytes).map_err(|e| std::io::Error::other(e.to_string()))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

impl Preview {
    /// Where a page finds it.
    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// What holds it back.
    pub(crate) fn rein(&self) -> Rein {
        Rein(Some(Arc::clone(&self.gate)))
    }

    /// Sends the page away and waits until the painter has ended.
    pub(crate) fn stop(mut self) {
        self.close();
        if let Some(painter) = self.painter.take() {
            // A panic has been printed; the show goes on.
            let _ = painter.join();
        }
    }

    fn close(&self) {
        self.end.cancel();
        self.gate.close();
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        self.close();
    }
}
