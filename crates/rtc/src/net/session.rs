//! A connection that lives: with its share of the port, and the time.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use media::{Timestamp, TrackKind};
use tokio::sync::mpsc;
use tokio::time::Sleep;

use super::endpoint::Shared;
use super::routes::Arrival;
use crate::{Connection, Error, Event, Outlook, Output, Unit};

/// Packets that wait for a session: some 50 ms of a show of 10 Mbit/s.
const INBOX: usize = 512;
/// What is told to a session by its handles and not heard yet.
const ORDERS: usize = 8;

/// A connection with its share of an [`Endpoint`](super::Endpoint). Dropping it takes leave.
#[derive(Debug)]
pub struct Session {
    connection: Connection,
    shared: Arc<Shared>,
    name: String,
    inbox: mpsc::Receiver<Arrival>,
    orders: (mpsc::Sender<Order>, mpsc::Receiver<Order>),
    found: VecDeque<Event>,
    wake: Pin<Box<Sleep>>,
}

#[derive(Debug)]
enum Order {
    Candidate(String),
    Close,
}

/// Reaches a session from elsewhere.
#[derive(Clone, Debug)]
pub struct Handle(mpsc::Sender<Order>);

impl Handle {
    /// Tells of a candidate of the other side, `candidate:…` as in SDP; false when the session is gone or hasn't heard the
    /// last ones.
    pub fn add_candidate(&self, candidate: &str) -> bool {
        self.0.try_send(Order::Candidate(candidate.to_owned())).is_ok()
    }

    /// Ends the session: its [`Session::next`] says so.
    pub fn close(&self) -> bool {
        self.0.try_send(Order::Close).is_ok()
    }
}

impl Session {
    pub(super) fn new(mut connection: Connection, shared: Arc<Shared>) -> Self {
        let (inbox, arrivals) = mpsc::channel(INBOX);
        let name = connection.name();
        shared.routes().add(name.clone(), inbox);
        Self {
            connection,
            shared,
            name,
            inbox: arrivals,
            orders: mpsc::channel(ORDERS),
            found: VecDeque::new(),
            wake: Box::pin(tokio::time::sleep_until(Instant::now().into())),
        }
    }

    /// By which the other side's checks call it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// A way to it from elsewhere.
    pub fn handle(&self) -> Handle {
        Handle(self.orders.0.clone())
    }

    /// Takes the answer to its offer.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::Description`], [`Error::NothingInCommon`].
    pub fn accept(&mut self, answer: &str) -> Result<(), Error> {
        self.connection.accept(answer)
    }

    /// Waits for what happens next; media passes only while somebody waits. A call that is dropped has lost nothing.
    /// After [`Event::Ended`] there is nothing but that.
    pub async fn next(&mut self) -> Event {
        loop {
            if let Some(event) = self.found.pop_front() {
                return event;
            }
            tokio::select! {
                Some(arrival) = self.inbox.recv() => self.receive(&arrival),
                Some(order) = self.orders.1.recv() => self.obey(&order),
                () = &mut self.wake => self.connection.timeout(Instant::now()),
            }
            self.flush();
        }
    }

    /// Sends `unit` as [`Connection::send`] says.
    pub fn send(&mut self, unit: &Unit, pts: Timestamp) {
        self.connection.send(unit, pts);
        self.go_on();
    }

    /// Whether the other side takes what is sent of `kind`, once both have agreed.
    pub fn takes(&self, kind: TrackKind) -> bool {
        self.connection.takes(kind)
    }

    /// Says what will be sent, in bits a second.
    pub fn set_rate(&mut self, bits: u64) {
        self.connection.set_rate(bits);
        self.flush();
    }

    /// What congestion control thinks, now.
    pub fn outlook(&mut self) -> Outlook {
        self.connection.outlook()
    }

    /// Asks the other side for a key frame.
    pub fn request_key_frame(&mut self) {
        self.connection.request_key_frame();
        self.go_on();
    }

    /// Whether media may pass.
    pub fn is_connected(&self) -> bool {
        self.connection.is_connected()
    }

    /// Takes leave.
    pub fn close(&mut self) {
        self.connection.close();
        self.flush();
    }

    fn receive(&mut self, arrival: &Arrival) {
        let (transport, from) = (arrival.transport, arrival.from);
        if let Some(to) = self.shared.local(transport, from) {
            let now = Instant::now();
            self.connection.receive(now, transport, from, to, &arrival.packet);
        }
    }

    fn obey(&mut self, order: &Order) {
        match order {
            Order::Candidate(candidate) => self.connection.add_candidate(candidate),
            Order::Close => self.connection.close(),
        }
    }

    /// What was asked for is sent now, not when the time comes.
    fn go_on(&mut self) {
        self.flush();
        self.connection.timeout(Instant::now());
        self.flush();
    }

    /// Does what the connection wants done.
    fn flush(&mut self) {
        while let Some(output) = self.connection.poll() {
            match output {
                Output::Transmit {
                    transport,
                    to,
                    packet,
                } => self.shared.send(transport, to, &packet),
                Output::Event(event) => self.found.push_back(event),
                Output::Timeout(at) => return self.wake.as_mut().reset(at.into()),
            }
        }
        // Whoever waits on is told so.
        if self.found.is_empty() {
            self.found.push_back(Event::Ended);
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.close();
        self.shared.routes().remove(&self.name);
    }
}
