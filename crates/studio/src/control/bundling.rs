//! Support bundles of the running show.

use api::control::{Done, Outcome};
use api::source;

use super::director::{Asker, Director, failure};
use super::writing::read_aside;
use crate::support::{self, Open};

impl Director {
    /// Makes a support bundle, with the history of this show or an earlier one.
    pub(super) fn bundle(&self, of: Option<String>, answer: Asker) {
        let kinds = self.parts.show.sources.iter().cloned().map(source::Source::from);
        let open = Open {
            state: self.state(),
            kinds: kinds.map(|source| (source.name, source.kind)).collect(),
            past: (self.history_so_far(true), self.history_so_far(false)),
        };
        let folder = self.parts.past.clone();
        read_aside(answer, move || {
            match support::make(Some(open), folder.as_deref(), of, None) {
                Ok(bundle) => Outcome::Done(Done {
                    bundle: Some(Box::new(bundle)),
                    ..Done::default()
                }),
                Err(unread) => Outcome::Failed(failure(unread.code(), &unread)),
            }
        });
    }
}
