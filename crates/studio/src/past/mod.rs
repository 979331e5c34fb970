//! How a show was from its beginning: in memory while it runs ([`record`]), and in a small file for each show that was
//! sent, which stays.
//!
//! The file has a JSON object on each line, so that what a crash leaves can be read up to there:
//!
//! | line | says |
//! | --- | --- |
//! | `{"history":1,"show":…,"began":…,"program":…,"places":[[name,kbit/s],…]}` | the first one: which show it is, when it began (ISO 8601, UTC), and what each place was to be sent |
//! | `{"t":17,"n":1,"p":[[…],…],"m":[…]}` | the `n` seconds that end `t` seconds after the beginning, for each place: least aim, mean sent and received in kbit/s, longest waiting and round trip in ms, most losses of a thousand, pictures skipped, worst strength; and `m` for the computer: most of the cores used, most of them by the studio, longest drawing and fullest queue, each in hundredths, program pictures lost, most that others sent in kbit/s |
//! | `{"log":{…}}` | something that was done or happened, as in [`api::health::LogEntry`] |
//! | `{"end":3600}` | the show was ended after so many seconds |
//!
//! While all is well a line stands for ten seconds. What isn't known is `null`.

mod chronicle;
mod line;
mod read;
mod record;
mod scribe;

pub(crate) use chronicle::Chronicle;
pub(crate) use read::{Unread, list, read};
pub(crate) use record::{Effort, Record, Span, Stretch};
pub(crate) use scribe::Scribe;

/// The ending of a history's file name.
const ENDING: &str = "jsonl";
/// So many histories are kept; the oldest go.
const KEPT: usize = 50;
