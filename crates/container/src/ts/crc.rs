//! CRC-32 of sections (ISO/IEC 13818-1, annex A): polynomial 0x04c11db7, start value all ones, no reflection.

const TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = (byte as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc >> 31 == 0 {
                crc << 1
            } else {
                crc << 1 ^ 0x04c1_1db7
            };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
}

/// The CRC of `bytes`; 0 for a whole section, its CRC included, that is undamaged.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    bytes.iter().fold(u32::MAX, |crc, &byte| {
        crc << 8 ^ TABLE[usize::from((crc >> 24) as u8 ^ byte)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crc_is_that_of_mpeg_2() {
        // The check value of CRC-32/MPEG-2 in the "Catalogue of parametrised CRC algorithms".
        assert_eq!(crc32(b"123456789"), 0x0376_e6e7);
        assert_eq!(crc32(b"123456789\x03\x76\xe6\xe7"), 0);
    }
}
