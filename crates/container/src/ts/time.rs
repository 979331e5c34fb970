//! Time stamps of 33 bits at 90 kHz (ISO/IEC 13818-1, 2.4.3.7), which go on at 0 after 26.5 hours.

/// Ticks a second.
pub(super) const HZ: u32 = 90_000;
/// Bits that are carried.
const BITS: u32 = 33;

/// The five bytes of a PTS or DTS behind `prefix`, four bits that say which it is; higher bits fall off.
pub(super) const fn field(prefix: u8, ticks: i64) -> [u8; 5] {
    [
        prefix << 4 | (ticks >> 29) as u8 & 0x0e | 1,
        (ticks >> 22) as u8,
        (ticks >> 14) as u8 | 1,
        (ticks >> 7) as u8,
        (ticks << 1) as u8 | 1,
    ]
}

/// The ticks of such a field, 0 to 2^33 - 1. Marker bits aren't looked at.
pub(super) fn read(field: [u8; 5]) -> u64 {
    let [a, b, c, d, e] = field.map(u64::from);
    (a & 0x0e) << 29 | b << 22 | (c & 0xfe) << 14 | d << 7 | e >> 1
}

/// The time nearest to `reference` whose lower 33 bits are `ticks`.
pub(super) const fn nearest(reference: i64, ticks: u64) -> i64 {
    const UNUSED: u32 = i64::BITS - BITS;
    let step = (ticks.wrapping_sub(reference as u64) << UNUSED) as i64 >> UNUSED;
    reference.wrapping_add(step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_field_is_laid_out_as_in_table_2_21() {
        let all = (1 << BITS) - 1;
        assert_eq!(field(0b0011, all), [0x3f, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!(field(0b0010, 0), [0x21, 0, 1, 0, 1]);
        // The PTS of 1.4 s with which ffmpeg begins a file: 126 000.
        assert_eq!(field(0b0010, 126_000), [0x21, 0x00, 0x07, 0xd8, 0x61]);
    }

    #[test]
    fn time_goes_on_past_33_bits() {
        let end = (1i64 << BITS) - 1;
        assert_eq!(nearest(end, 2), end + 3);
        assert_eq!(nearest(end + 3, end as u64), end);
        assert_eq!(nearest(0, end as u64), -1);
    }

    proptest! {
        #[test]
        fn fields_survive_both_ways(ticks in 0i64..1 << BITS, prefix in 0u8..16) {
            prop_assert_eq!(read(field(prefix, ticks)), ticks as u64);
        }

        #[test]
        fn times_less_than_half_the_range_apart_are_found(reference: i32, step in -(1i64 << 32)..1 << 32) {
            let time = i64::from(reference) * 1_000 + step;
            let carried = time as u64 & ((1 << BITS) - 1);
            prop_assert_eq!(nearest(i64::from(reference) * 1_000, carried), time);
        }
    }
}
