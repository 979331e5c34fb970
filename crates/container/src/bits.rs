//! Reading bit by bit, bounded by the bytes given.

use crate::ConfigError;

/// A cursor over bits, most significant first. Never reads past the end.
pub(crate) struct BitReader<'a> {
    data: &'a [u8],
    /// Position in bits.
    at: usize,
}

impl<'a> BitReader<'a> {
    pub(crate) const fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0 }
    }

    /// One bit.
    pub(crate) fn flag(&mut self) -> Result<bool, ConfigError> {
        let byte = self.data.get(self.at / 8).ok_or(ConfigError::Truncated)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Ok(bit == 1)
    }

    /// An unsigned number of `n` bits, `n` at most 32: `u(n)` of the H.264 syntax.
    pub(crate) fn bits(&mut self, n: u32) -> Result<u32, ConfigError> {
        debug_assert!(n <= 32);
        let mut value = 0u64;
        for _ in 0..n {
            value = value << 1 | u64::from(self.flag()?);
        }
        Ok(value as u32)
    }

    /// Skips `n` bits.
    pub(crate) fn skip(&mut self, n: usize) -> Result<(), ConfigError> {
        self.at += n;
        if self.at > self.data.len() * 8 {
            return Err(ConfigError::Truncated);
        }
        Ok(())
    }

    /// An unsigned Exp-Golomb number (ITU-T H.264, 9.1): at most 32 leading zeros, so at most 2^32 - 2.
    pub(crate) fn ue(&mut self) -> Result<u32, ConfigError> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
            if zeros > 31 {
                return Err(ConfigError::Malformed("Exp-Golomb number out of range"));
            }
        }
        let rest = self.bits(zeros)?;
        Ok((1u64 << zeros) as u32 - 1 + rest)
    }

    /// An unsigned Exp-Golomb number not above `max`.
    pub(crate) fn ue_max(&mut self, max: u32) -> Result<u32, ConfigError> {
        let value = self.ue()?;
        if value > max {
            return Err(ConfigError::Malformed("value out of range"));
        }
        Ok(value)
    }

    /// A signed Exp-Golomb number (ITU-T H.264, 9.1.1).
    pub(crate) fn se(&mut self) -> Result<i32, ConfigError> {
        let k = i64::from(self.ue()?);
        let magnitude = (k + 1) / 2;
        Ok(if k % 2 == 1 { magnitude } else { -magnitude } as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn exp_golomb_numbers_read_as_in_table_9_2() {
        // 1 | 010 | 011 | 00100 | 00101, padded: 0, 1, 2, 3, 4.
        let data = [0b1010_0110, 0b0100_0010, 0b1000_0000];
        let mut r = BitReader::new(&data);
        let read: Vec<_> = (0..5).map(|_| r.ue().unwrap()).collect();
        assert_eq!(read, [0, 1, 2, 3, 4]);
        let mut r = BitReader::new(&data);
        let read: Vec<_> = (0..5).map(|_| r.se().unwrap()).collect();
        assert_eq!(read, [0, 1, -1, 2, -2]);
    }

    #[test]
    fn endless_zeros_are_refused() {
        let zeros = [0u8; 16];
        assert!(matches!(
            BitReader::new(&zeros).ue(),
            Err(ConfigError::Malformed(_))
        ));
        assert_eq!(BitReader::new(&[0]).ue(), Err(ConfigError::Truncated));
        assert_eq!(BitReader::new(&[0]).skip(9), Err(ConfigError::Truncated));
    }

    proptest! {
        #[test]
        fn no_input_makes_the_reader_panic(data in proptest::collection::vec(any::<u8>(), 0..64)) {
            let mut r = BitReader::new(&data);
            while r.ue().is_ok() {}
            let mut r = BitReader::new(&data);
            while r.se().is_ok() {}
        }
    }
}
