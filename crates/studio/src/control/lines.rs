//! Commands and answers as lines of JSON.

use std::io::{BufRead, Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use api::control::{Command, Event, Outcome, Reply};
use api::studio::Failure;
use serde_json::Value;
use tokio::sync::{broadcast, mpsc, oneshot};

/// Commands that may wait; then whoever asks waits too.
const WAITING: usize = 64;
/// Events a listener may be behind before it misses some.
const EVENTS: usize = 256;
/// Longest line, in bytes.
const LONGEST: u64 = 64 * 1024;

/// A command on its way to the show.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) command: Command,
    pub(crate) answer: oneshot::Sender<Outcome>,
}

/// Asks a running show, and listens to it. Clones ask the same show.
#[derive(Clone, Debug)]
pub struct Handle {
    asked: mpsc::Sender<Asked>,
    events: broadcast::Sender<Event>,
}

/// The show's side of its [`Handle`]s.
#[derive(Debug)]
pub struct Door {
    asked: mpsc::Receiver<Asked>,
    events: broadcast::Sender<Event>,
}

/// A door for a show, and a handle to it. Commands are carried out in the order they are asked.
pub fn door() -> (Handle, Door) {
    let (asked, asking) = mpsc::channel(WAITING);
    let (events, _) = broadcast::channel(EVENTS);
    let handle = Handle {
        asked,
        events: events.clone(),
    };
    let door = Door {
        asked: asking,
        events,
    };
    (handle, door)
}

impl Handle {
    /// Carries `command` out; what became of it.
    pub async fn ask(&self, command: Command) -> Outcome {
        let (answer, answered) = oneshot::channel();
        match self.asked.send(Asked { command, answer }).await {
            Ok(()) => answered.await.unwrap_or_else(|_| over()),
            Err(_) => over(),
        }
    }

    /// What the show tells from now on.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }
}

impl Door {
    /// The next command; waits for ever once nobody can ask any more.
    pub(crate) async fn next(&mut self) -> Asked {
        match self.asked.recv().await {
            Some(asked) => asked,
            None => std::future::pending().await,
        }
    }

    /// Tells whoever listens.
    pub(crate) fn tell(&self, event: Event) {
        self.teller().tell(event);
    }

    /// Tells for it, from another task.
    pub(crate) fn teller(&self) -> EventTeller {
        EventTeller(self.events.clone())
    }
}

/// Tells events to whoever listens.
#[derive(Clone, Debug)]
pub(crate) struct EventTeller(broadcast::Sender<Event>);

impl EventTeller {
    /// Tells.
    pub(crate) fn tell(&self, event: Event) {
        // Nobody has to listen.
        let _ = self.0.send(event);
    }
}

/// The answer when there is no show any more.
fn over() -> Outcome {
    Outcome::Failed(failure("control.over", "the show has ended"))
}

fn failure(code: &str, sentence: impl Into<String>) -> Failure {
    Failure {
        code: code.into(),
        sentence: sentence.into(),
    }
}

/// An answer to come, with its request's id.
type Coming = (Option<u64>, oneshot::Receiver<Outcome>);

/// Carries out the commands on standard input and writes their answers to standard output, in order; with
/// `events`, also what the show tells unasked. The end of standard input ends nothing.
///
/// # Errors
/// The system has no thread left.
pub fn standard_input(handle: &Handle, events: bool) -> std::io::Result<()> {
    let (coming, answers) = sync_channel(WAITING);
    let named = |name: &str| std::thread::Builder::new().name(name.into());
    if events {
        let mut told = handle.events();
        named("events").spawn(move || tell(&mut told))?;
    }
    named("answers").spawn(move || answer(&answers, std::io::stdout()))?;
    let handle = handle.clone();
    named("commands").spawn(move || read(std::io::stdin().lock(), &handle, &coming))?;
    Ok(())
}

fn tell(told: &mut broadcast::Receiver<Event>) {
    loop {
        match told.blocking_recv() {
            Ok(event) if write(&mut std::io::stdout(), &event).is_err() => return,
            Ok(_) => {}
            Err(broadcast::error::RecvError::Lagged(missed)) => {
                tracing::warn!(missed, "standard output is read too slowly: events were left out");
            }
            Err(broadcast::error::RecvError::Closed) => return,
        }
    }
}

fn answer(answers: &Receiver<Coming>, mut out: impl Write) {
    for (id, answered) in answers {
        let outcome = answered.blocking_recv().unwrap_or_else(|_| over());
        if write(&mut out, &Reply { id, outcome }).is_err() {
            return;
        }
    }
}

/// One line, flushed.
fn write(out: &mut impl Write, line: &impl serde::Serialize) -> std::io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    out.write_all(&text)?;
    out.flush()
}

fn read(mut input: impl BufRead, handle: &Handle, coming: &SyncSender<Coming>) {
    let mut line = Vec::new();
    while let Ok(Some(fits)) = next_line(&mut input, &mut line) {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let (id, command) = match fits {
            true => parse(&line),
            false => (
                None,
                Err(failure("control.long_line", "a command has at most 64 KiB")),
            ),
        };
        let (answer, answered) = oneshot::channel();
        if coming.send((id, answered)).is_err() {
            return;
        }
        match command {
            Ok(command) => drop(handle.asked.blocking_send(Asked { command, answer })),
            Err(failure) => drop(answer.send(Outcome::Failed(failure))),
        }
    }
}

/// Reads a line into `line`; whether it was short enough to be kept whole, or that there is none.
fn next_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<Option<bool>> {
    line.clear();
    let read = input.by_ref().take(LONGEST).read_until(b'\n', line)?;
    if read == 0 {
        return Ok(None);
    }
    if line.ends_with(b"\n") || (read as u64) < LONGEST {
        return Ok(Some(true));
    }
    input.skip_until(b'\n')?;
    Ok(Some(false))
}

/// The id and command of a line.
fn parse(line: &[u8]) -> (Option<u64>, Result<Command, Failure>) {
    let unread = |e: serde_json::Error| failure("control.unreadable", format!("this is no command: {e}"));
    let mut object = match serde_json::from_slice::<serde_json::Map<String, Value>>(line) {
        Ok(object) => object,
        Err(error) => return (None, Err(unread(error))),
    };
    let id = object.remove("id");
    let number = id.as_ref().and_then(Value::as_u64);
    if id.is_some() && number.is_none() {
        let refused = failure("control.unreadable", "an id is a whole number, 0 or above");
        return (None, Err(refused));
    }
    (
        number,
        serde_json::from_value(Value::Object(object)).map_err(unread),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is answered to `text` by a show that says yes to everything.
    fn answered(text: &[u8]) -> Vec<Reply> {
        let (handle, mut door) = door();
        let (coming, answers) = sync_channel(WAITING);
        read(text, &handle, &coming);
        drop((coming, handle));
        while let Some(asked) = door.asked.blocking_recv() {
            asked.answer.send(Outcome::Done(Default::default())).unwrap();
        }
        let mut out = Vec::new();
        answer(&answers, &mut out);
        let lines = std::str::from_utf8(&out).unwrap().lines();
        lines.map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn codes(replies: &[Reply]) -> Vec<(Option<u64>, &str)> {
        let code = |reply: &'_ Reply| match &reply.outcome {
            Outcome::Done(_) => "done".to_owned(),
            Outcome::Failed(failure) => failure.code.clone(),
        };
        replies.iter().map(|r| (r.id, &*code(r).leak())).collect()
    }

    #[test]
    fn answers_come_in_the_order_of_the_lines_with_their_ids() {
        let text = b"{\"id\":1,\"do\":\"state\"}\n\nnonsense\n{\"do\":\"plan.next\"}\n{\"id\":\"x\",\"do\":\"state\"}\n\
                     {\"id\":2,\"do\":\"state\",\"more\":1}\n[]\n{\"id\":3,\"do\":\"state\"}";
        let replies = answered(text);
        let expected = [
            (Some(1), "done"),
            (None, "control.unreadable"),
            (None, "done"),
            (None, "control.unreadable"),
            (Some(2), "control.unreadable"),
            (None, "control.unreadable"),
            (Some(3), "done"),
        ];
        assert_eq!(codes(&replies), expected);
    }

    #[test]
    fn a_line_without_end_is_refused_and_the_next_one_read() {
        let mut text = vec![b'x'; 200 * 1024];
        text.extend(b"\n{\"id\":9,\"do\":\"state\"}\n\xff\xfe\n");
        let replies = answered(&text);
        let expected = [
            (None, "control.long_line"),
            (Some(9), "done"),
            (None, "control.unreadable"),
        ];
        assert_eq!(codes(&replies), expected);
    }

    #[tokio::test]
    async fn a_show_that_has_ended_answers_so() {
        let (handle, gone) = door();
        drop(gone);
        assert_eq!(handle.ask(Command::State {}).await, over());
    }
}
