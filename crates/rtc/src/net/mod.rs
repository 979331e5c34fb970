//! One port for any number of connections.

mod address;
mod endpoint;
mod framing;
mod routes;
mod session;
mod tcp;

pub use address::{announced, towards};
pub use endpoint::{Admit, Endpoint, Limits};
pub use session::{Handle, Session};
