//! What is fuzzed.

/// A parser, and all that fuzzing needs to know of it.
pub struct Target {
    /// Its name, as people type it.
    pub name: &'static str,
    /// Its folder of recordings; parsers of the same bytes share one.
    pub corpus: &'static str,
    /// What an input has done that is counted as past the handshake.
    pub marker: &'static str,
    /// Bytes that an input may make the parser hold at once.
    pub memory: usize,
    /// Takes a recording apart into messages. What can't be taken apart is left out, or is the last message.
    pub split: fn(&[u8]) -> Vec<Vec<u8>>,
    /// Puts messages together again, with lengths and checksums that are right for them. For messages as they came
    /// from `split` the parser reads the same as from the recording.
    pub join: fn(&[Vec<u8>]) -> Vec<u8>,
    /// Of the messages of a recording, how many open the session; they are mutated seldom.
    pub opening: fn(&[Vec<u8>]) -> usize,
    /// Words that mean something to the parser.
    pub words: &'static [&'static str],
    /// A parser, ready for any number of inputs.
    pub parser: fn() -> Box<dyn Parser>,
}

/// Reads inputs, each from the beginning.
pub trait Parser {
    /// Reads `input` as the product would. Panics where the product would, and where what it promises isn't so.
    fn read(&mut self, input: &[u8]) -> Seen;
}

impl<F: FnMut(&[u8]) -> Seen> Parser for F {
    fn read(&mut self, input: &[u8]) -> Seen {
        self(input)
    }
}

/// What became of an input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Whether it came past the handshake, as [`Target::marker`] says.
    pub past: bool,
    /// Whether the parser refused it, or a part of it, by a typed error.
    pub refused: bool,
}

/// Messages that are parts of the bytes as they are.
pub(crate) fn concat(messages: &[Vec<u8>]) -> Vec<u8> {
    messages.concat()
}

/// The first message opens the session.
pub(crate) fn first(_: &[Vec<u8>]) -> usize {
    1
}
