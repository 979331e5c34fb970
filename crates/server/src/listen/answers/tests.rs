use super::*;
use http_body::Body as _;

const SECOND: Duration = Duration::from_secs(1);
const PATIENCE: Patience = Patience {
    answer: Duration::from_secs(60),
    stall: Duration::from_secs(10),
    unused: Some(Duration::from_secs(5)),
};

fn begun() -> (Open, Instant) {
    let now = Instant::now();
    (Open::new(PATIENCE, now), now)
}

#[test]
fn an_answer_has_to_be_taken_in_time() {
    let (mut open, start) = begun();
    let (quick, slow) = (open.ask(), open.ask());
    assert!(
        open.look(start + 100 * SECOND).is_ok(),
        "the server itself may take longer"
    );
    open.begin(quick, false, start);
    open.begin(slow, false, start + SECOND);
    open.end(quick, start + 59 * SECOND);
    assert_eq!(open.look(start + 60 * SECOND), Ok(start + 61 * SECOND));
    assert_eq!(open.look(start + 61 * SECOND), Err(Over::Slow));
}

#[test]
fn one_without_an_end_is_overdue_only_while_there_is_something_to_take() {
    let (mut open, start) = begun();
    let id = open.ask();
    open.begin(id, true, start);
    open.wait(id);
    assert!(
        open.look(start + 1000 * SECOND).is_ok(),
        "nothing comes of the publisher"
    );
    open.begin(id, true, start + 1000 * SECOND);
    assert_eq!(open.look(start + 1010 * SECOND), Err(Over::Slow));
}

#[test]
fn a_connection_may_be_unused_for_a_while() {
    let (mut open, start) = begun();
    assert_eq!(open.look(start), Ok(start + 5 * SECOND));
    let id = open.ask();
    assert!(open.look(start + 9 * SECOND).is_ok());
    open.end(id, start + 9 * SECOND);
    assert_eq!(open.look(start + 10 * SECOND), Ok(start + 14 * SECOND));
    assert_eq!(open.look(start + 14 * SECOND), Err(Over::Unused));
}

#[test]
fn what_begins_between_two_looks_is_due_after_the_second() {
    for (endless, unused) in [(false, None), (true, None), (false, PATIENCE.unused)] {
        let patience = Patience { unused, ..PATIENCE };
        let start = Instant::now();
        let mut open = Open::new(patience, start);
        let wake = open.look(start).unwrap();
        let id = open.ask();
        open.begin(id, endless, start + SECOND / 10);
        assert!(open.look(wake).is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_dropped_is_taken() {
    let answers = Answers::new(PATIENCE);
    let begin = tokio::time::Instant::now();
    let mut body = answers
        .ask()
        .answered(Response::new(Body::from("all")))
        .into_body();
    assert_eq!(body.size_hint().exact(), Some(3), "its length is said");
    let frame = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await;
    assert_eq!(frame.unwrap().unwrap().into_data().unwrap(), "all");
    drop(body);
    assert_eq!(answers.over().await, Over::Unused);
    assert_eq!(begin.elapsed(), 5 * SECOND);
    let _held = answers.ask().answered(Response::new(Body::from("all")));
    assert_eq!(answers.over().await, Over::Slow);
    assert_eq!(begin.elapsed(), 65 * SECOND);
}
