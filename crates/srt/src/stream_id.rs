//! What a caller says it wants: stream ids of "SRT Access Control (Stream ID) Guidelines", and what people type.

use std::fmt::{self, Write as _};

use crate::{MAX_STREAM_ID, Reject};

#[cfg(test)]
mod tests;

/// Begins the syntax of the guidelines: an executable specification, of comma-separated pairs.
const PAIRS: &str = "#!::";
/// Begins any syntax that the guidelines may define.
const SYNTAX: &str = "#!";

/// What a caller means to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It receives the stream.
    Request,
    /// It sends the stream.
    Publish,
    /// Both.
    Bidirectional,
}

/// Why a stream id can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Over 512 bytes.
    #[error("a stream id has 512 bytes at most")]
    TooLong,
    /// A control character.
    #[error("a stream id has no control characters")]
    Control,
    /// A syntax other than `#!::`.
    #[error("only stream ids that begin with #!:: have pairs")]
    Syntax,
    /// A pair without `=`, or with an empty key.
    #[error("a pair of a stream id is a key, = and a value")]
    Pair,
    /// The same key twice.
    #[error("a key of a stream id is there twice")]
    Twice,
    /// A mode that isn't one.
    #[error("a stream id's mode is request, publish or bidirectional")]
    Mode,
}

impl Error {
    /// With what a caller is refused for it.
    pub const fn reject(self) -> Reject {
        match self {
            Self::Mode => Reject::BAD_MODE,
            _ => Reject::BAD_REQUEST,
        }
    }
}

/// A stream id's parts. What isn't stated is `None`; `Debug` shows the mode and the type alone, as any other may
/// hold a key.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct StreamId<'a> {
    /// The stream's name (`r`); empty when it isn't stated.
    pub resource: &'a str,
    /// What is to be done (`m`). The guidelines take [`Mode::Request`] when it isn't stated, but a bare name
    /// may well be a publisher's.
    pub mode: Option<Mode>,
    /// Who calls (`u`).
    pub user: Option<&'a str>,
    /// The user's password, in the form `publish:NAME:USER:PASSWORD`.
    pub password: Option<&'a str>,
    /// The server's name (`h`).
    pub host: Option<&'a str>,
    /// A word that was agreed on elsewhere (`s`).
    pub session: Option<&'a str>,
    /// What is carried (`t`): `stream`, `file`, `auth` or an application's own word.
    pub kind: Option<&'a str>,
    /// What follows the name, in the form `publish:NAME:QUERY`.
    pub query: Option<&'a str>,
}

impl<'a> StreamId<'a> {
    /// Reads `text`: the pairs `#!::r=NAME,m=publish,u=USER,h=HOST,s=SESSION,t=TYPE` in any order, of which
    /// unknown ones are passed over; MediaMTX's `publish:NAME` or `read:NAME`, with `:QUERY`, `:USER:PASSWORD`
    /// or `:USER:PASSWORD:QUERY` after it; or else a bare name. Values have no escapes.
    ///
    /// # Errors
    /// An [`Error`] for what is too long or isn't in the syntax it begins with.
    pub fn parse(text: &'a str) -> Result<Self, Error> {
        if text.len() > MAX_STREAM_ID {
            return Err(Error::TooLong);
        }
        if text.contains(char::is_control) {
            return Err(Error::Control);
        }
        if let Some(pairs) = text.strip_prefix(PAIRS) {
            return Self::pairs(pairs);
        }
        if text.starts_with(SYNTAX) {
            return Err(Error::Syntax);
        }
        Ok(Self::plain(text))
    }

    fn pairs(pairs: &'a str) -> Result<Self, Error> {
        let mut id = Self::default();
        let (mut resource, mut mode) = (None, None);
        for pair in pairs.split(',').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').ok_or(Error::Pair)?;
            let part = match key {
                "" => return Err(Error::Pair),
                "r" => &mut resource,
                "m" => &mut mode,
                "u" => &mut id.user,
                "h" => &mut id.host,
                "s" => &mut id.session,
                "t" => &mut id.kind,
                _ => continue,
            };
            if part.replace(value).is_some() {
                return Err(Error::Twice);
            }
        }
        id.resource = resource.unwrap_or_default();
        id.mode = mode.map(mode_of).transpose()?;
        Ok(id)
    }

    fn plain(text: &'a str) -> Self {
        let mut parts = text.split(':');
        let mode = match parts.next() {
            Some("publish") => Mode::Publish,
            Some("read") => Mode::Request,
            _ => return Self::bare(text),
        };
        let Some(resource) = parts.next() else {
            return Self::bare(text);
        };
        let rest = [(); 4].map(|()| parts.next());
        let [user, password, query] = match rest {
            [query, None, ..] => [None, None, query],
            [user, password, query, None] => [user, password, query],
            // More parts than the form has: a name with colons.
            _ => return Self::bare(text),
        };
        Self {
            resource,
            mode: Some(mode),
            user,
            password,
            query,
            ..Self::default()
        }
    }

    fn bare(resource: &'a str) -> Self {
        Self {
            resource,
            ..Self::default()
        }
    }

    /// The pairs of the guidelines, to say to a listener; `None` when a part can't be said so: it has a comma
    /// or a control character, is a password or a query, or all are too long together.
    pub fn to_pairs(&self) -> Option<String> {
        if self.password.or(self.query).is_some() {
            return None;
        }
        let mode = self.mode.map(name_of);
        let resource = (!self.resource.is_empty()).then_some(self.resource);
        let parts = [
            ("r", resource),
            ("m", mode),
            ("u", self.user),
            ("h", self.host),
            ("s", self.session),
            ("t", self.kind),
        ];
        let mut text = String::from(PAIRS);
        for (key, value) in parts {
            let Some(value) = value else { continue };
            if value.contains(|c: char| c == ',' || c.is_control()) {
                return None;
            }
            let comma = if text.len() > PAIRS.len() { "," } else { "" };
            write!(text, "{comma}{key}={value}").ok()?;
        }
        (text.len() <= MAX_STREAM_ID).then_some(text)
    }
}

fn mode_of(name: &str) -> Result<Mode, Error> {
    match name {
        "request" => Ok(Mode::Request),
        "publish" => Ok(Mode::Publish),
        "bidirectional" => Ok(Mode::Bidirectional),
        _ => Err(Error::Mode),
    }
}

const fn name_of(mode: Mode) -> &'static str {
    match mode {
        Mode::Request => "request",
        Mode::Publish => "publish",
        Mode::Bidirectional => "bidirectional",
    }
}

impl fmt::Debug for StreamId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("StreamId");
        shown.field("mode", &self.mode).field("kind", &self.kind);
        shown.finish_non_exhaustive()
    }
}
