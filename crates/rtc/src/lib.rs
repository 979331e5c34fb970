//! WebRTC for going live: what WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep) need at both ends. The only home of
//! str0m in this program.
//!
//! - [`payload`]: access units cut into RTP payloads, once for all who get them. Pure.
//! - [`Connection`]: one peer, without IO and clock: SDP, datagrams and time in, datagrams and [`Event`]s out.
//! - [`net`]: one UDP port, and TCP (RFC 6544) with the same number, for any number of connections.
//! - [`signal`]: the HTTP of a WHIP or WHEP client, and the SDP fragments of trickle ICE.
//!
//! H.264 and Opus, which every browser knows. A connection either sends or receives. Servers are ICE-lite: they wait
//! for their peers' checks at addresses they announce.

mod connection;
mod dtls;
mod error;
pub mod net;
pub mod payload;
pub mod signal;

pub use connection::{
    Candidates, Connection, Event, Identity, Line, MAX_SDP, Media, Offered, Outlook, Output, Role, Transport,
};
pub use error::Error;
pub use payload::Unit;
