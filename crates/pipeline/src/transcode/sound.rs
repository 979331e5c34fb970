//! AAC to Opus.

use media::{AudioBlock, AudioCodec, AudioParameters, CodecParameters, Packet};

use super::line::{Line, Place};
use super::{Made, Skipped};
use crate::Error;
use crate::decode::SampleDecoder;
use crate::encode::{OpusCoder, OpusConfig, RATE};

/// Packets of AAC in, Opus packets of 20 ms at 48 kHz out.
///
/// Times are counted in samples from the first packet's. Where the source's are off by more than 20 ms they count
/// again: a gap becomes silence and an overlap is cut away, up to 1 s; beyond that the line begins anew.
pub struct Sound {
    track: AudioParameters,
    config: OpusConfig,
    decoder: SampleDecoder,
    /// The encoder and the samples it was given; none before the first, and after a jump.
    coder: Option<(OpusCoder, Line)>,
    told: bool,
    skipped: Skipped,
}

impl Sound {
    /// For packets of `track`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when they are Opus already or `config` is out of range, [`Error::MissingElement`], or
    /// [`Error::Element`] when the track's configuration is refused.
    pub fn new(track: AudioParameters, config: OpusConfig) -> Result<Self, Error> {
        if track.codec != AudioCodec::Aac {
            return Err(Error::Unsupported("the sound is Opus already".to_owned()));
        }
        // So that what can't be made is said before anything comes.
        OpusCoder::new(&config)?;
        Ok(Self {
            decoder: decoder(&track, &config)?,
            track,
            config,
            coder: None,
            told: false,
            skipped: Skipped::default(),
        })
    }

    /// Takes a packet and gives what it made ready.
    ///
    /// # Errors
    /// Those of [`new`](Self::new), when elements that failed can't be made anew.
    pub fn push(&mut self, packet: &Packet) -> Result<Vec<Made>, Error> {
        match self.decoder.decode(packet) {
            Ok(blocks) => self.encode(blocks),
            Err(error) => {
                self.skipped.count("sound", &error);
                if !matches!(error, Error::WrongTime(_)) {
                    self.decoder = decoder(&self.track, &self.config)?;
                }
                Ok(Vec::new())
            }
        }
    }

    /// Ends the sound and gives what was still held.
    ///
    /// # Errors
    /// [`Error::Element`] when the encoder gave up.
    pub fn finish(&mut self) -> Result<Vec<Made>, Error> {
        let rest = self.decoder.finish().unwrap_or_default();
        let mut made = self.encode(rest)?;
        self.end_line(&mut made)?;
        Ok(made)
    }

    /// What its packets are of.
    pub fn track(&self) -> &AudioParameters {
        &self.track
    }

    /// Packets left out, as they couldn't be decoded.
    pub fn skipped(&self) -> u64 {
        self.skipped.0
    }

    fn encode(&mut self, blocks: Vec<AudioBlock>) -> Result<Vec<Made>, Error> {
        let mut made = Vec::new();
        if !self.told && !blocks.is_empty() {
            self.told = true;
            made.push(Made::Configured(CodecParameters::Audio(self.config.parameters())));
        }
        for block in blocks {
            self.place(block, &mut made)?;
        }
        Ok(made)
    }

    fn place(&mut self, mut block: AudioBlock, made: &mut Vec<Made>) -> Result<(), Error> {
        let place = match &mut self.coder {
            Some((_, line)) => line.place(block.pts, block.frames()),
            None => Place::Anew,
        };
        match place {
            Place::At { pts, cut } => {
                block.samples.drain(..cut * usize::from(block.channels));
                block.pts = pts;
            }
            Place::Anew => {
                self.end_line(made)?;
                let mut line = Line::new(RATE, block.pts);
                line.place(block.pts, block.frames());
                self.coder = Some((OpusCoder::new(&self.config)?, line));
            }
        }
        if let Some((coder, _)) = &mut self.coder
            && !block.samples.is_empty()
        {
            made.extend(coder.encode(&block)?.into_iter().map(Made::Packet));
        }
        Ok(())
    }

    fn end_line(&mut self, made: &mut Vec<Made>) -> Result<(), Error> {
        if let Some((mut coder, _)) = self.coder.take() {
            made.extend(coder.finish()?.into_iter().map(Made::Packet));
        }
        Ok(())
    }
}

fn decoder(track: &AudioParameters, config: &OpusConfig) -> Result<SampleDecoder, Error> {
    SampleDecoder::resampled(track, RATE, config.channels)
}

#[cfg(test)]
#[path = "sound_tests.rs"]
mod tests;
