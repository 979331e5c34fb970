//! Shows as the controller needs them, and those of the crate `studio`.

use std::path::{Path, PathBuf};

use api::control::{Command, Event, Outcome};
use api::studio::{Failure, ShowReport};
use api::support::Bundle;
use api::window::{Kept, PreviewAddress};
use futures_util::future::BoxFuture;
use studio::assets;
use studio::key::{self, KeyError, Stored};
use studio::session::{self, Config, Session};
use studio::show::{self, LoadError};
use tokio::sync::broadcast;

use crate::keeper::Which;

/// Histories of shows are beside the show that is kept.
const HISTORIES: &str = "histories";

/// Which show is to be opened, and where it is kept.
#[derive(Debug)]
pub(crate) struct Opening {
    pub(crate) which: Which,
    pub(crate) keep: PathBuf,
}

/// A support bundle, or why there is none.
pub(crate) type Bundled = Result<Bundle, Failure>;

/// Opens shows.
pub(crate) trait Studio: Send + Sync + 'static {
    /// Opens a show.
    fn open(&self, opening: Opening) -> BoxFuture<'static, Result<Box<dyn Open>, Failure>>;

    /// Makes a support bundle while no show is open, for the reason `why`.
    fn bundle(
        &self,
        of: Option<String>,
        keep: Option<PathBuf>,
        why: Option<String>,
    ) -> BoxFuture<'static, Bundled>;

    /// Stores a stream key under a name.
    fn store_key(&self, name: String, key: String) -> BoxFuture<'static, Result<Kept, Failure>>;
}

/// A show that is open.
pub(crate) trait Open: Send {
    /// Carries out a command; those asked first are carried out first.
    fn ask(&self, command: Command) -> BoxFuture<'static, Outcome>;

    /// What the show tells from now on.
    fn events(&self) -> broadcast::Receiver<Event>;

    /// Where its pictures come from.
    fn preview(&self) -> Option<PreviewAddress>;

    /// Waits until it has ended by itself.
    fn over(&mut self) -> BoxFuture<'_, ()>;

    /// Ends it: what is under way is sent, files are closed.
    fn finish(self: Box<Self>) -> BoxFuture<'static, ()>;
}

/// The shows of the crate `studio`.
pub(crate) struct Shows;

impl Studio for Shows {
    fn open(&self, opening: Opening) -> BoxFuture<'static, Result<Box<dyn Open>, Failure>> {
        // A task of its own: devices and graphics are opened on its thread, while the page is told what goes on.
        let opened = tokio::spawn(opened(opening));
        Box::pin(async {
            let opened = opened
                .await
                .unwrap_or_else(|panic| Err(failure("window.broken", &panic)));
            opened.map(|session| Box::new(session) as Box<dyn Open>)
        })
    }

    fn bundle(
        &self,
        of: Option<String>,
        keep: Option<PathBuf>,
        why: Option<String>,
    ) -> BoxFuture<'static, Bundled> {
        let made = tokio::task::spawn_blocking(move || {
            let histories = keep.as_deref().and_then(histories);
            studio::support::without_show(histories, of, why)
        });
        Box::pin(async {
            made.await
                .unwrap_or_else(|panic| Err(failure("window.broken", &panic)))
        })
    }

    fn store_key(&self, name: String, key: String) -> BoxFuture<'static, Result<Kept, Failure>> {
        // A keyring may ask the user for a password, and answers late.
        let stored = tokio::task::spawn_blocking(move || {
            let key = key::from_text(&key).ok_or(KeyError::Empty)?;
            key::store(&name, &key)
        });
        Box::pin(async {
            match stored.await {
                Ok(Ok(Stored::Keyring)) => Ok(Kept::Keyring),
                Ok(Ok(Stored::File(_))) => Ok(Kept::File),
                Ok(Err(error)) => Err(failure(error.code(), &error)),
                Err(panic) => Err(failure("window.broken", &panic)),
            }
        })
    }
}

async fn opened(Opening { which, keep }: Opening) -> Result<Session, Failure> {
    let show = match which {
        Which::Show(show) => *show,
        Which::Attached => tokio::task::block_in_place(session::first_show).map_err(unread)?,
        Which::Demo => assets::demo().map_err(unread)?,
    };
    if let Err(error) = show::save(&keep, &show) {
        // The show says so itself as long as it is true.
        tracing::warn!(code = "keep.folder", file = %keep.display(), "{error}");
    }
    let config = Config {
        show,
        past: histories(&keep),
        keep: Some(keep),
        live: false,
        strict: false,
        preview: Some(Vec::new()),
    };
    session::open(config)
        .await
        .map_err(|error| failure(error.code(), &error))
}

/// Where histories are, of the show that is kept in the file `keep` and of those before it.
fn histories(keep: &Path) -> Option<PathBuf> {
    keep.parent().map(|folder| folder.join(HISTORIES))
}

impl Open for Session {
    fn ask(&self, command: Command) -> BoxFuture<'static, Outcome> {
        let handle = self.handle().clone();
        Box::pin(async move { handle.ask(command).await })
    }

    fn events(&self) -> broadcast::Receiver<Event> {
        self.handle().events()
    }

    fn preview(&self) -> Option<PreviewAddress> {
        Session::preview(self).cloned()
    }

    fn over(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(self.ended())
    }

    fn finish(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async {
            match Session::finish(*self).await {
                Ok(ShowReport { seconds, program, .. }) => tracing::info!(
                    seconds,
                    due = program.due,
                    late = program.late,
                    repeated = program.repeated,
                    "the show is closed"
                ),
                Err(error) => tracing::error!(code = error.code(), "the show ended badly: {error}"),
            }
        })
    }
}

/// Shipped material is missing, or isn't what was shipped.
fn unread(error: LoadError) -> Failure {
    failure(error.code(), &error)
}

fn failure(code: &str, sentence: &impl ToString) -> Failure {
    Failure {
        code: code.into(),
        sentence: sentence.to_string(),
    }
}
