//! Colours as people name them, in the code values of the program.

/// Y', Cb and Cr in limited range, rounded, of an 8-bit R'G'B' colour (ITU-R BT.709-6, items 3.2, 3.3 and 4.6).
pub fn limited_709(rgb: [u8; 3]) -> [u8; 3] {
    let [r, g, b] = rgb.map(|c| f32::from(c) / 255.0);
    let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let (cb, cr) = ((b - y) / 1.8556, (r - y) / 1.5748);
    [16.0 + 219.0 * y, 128.0 + 224.0 * cb, 128.0 + 224.0 * cr].map(|v| v.round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_of_bt_709() {
        assert_eq!(limited_709([255, 255, 255]), [235, 128, 128]);
        assert_eq!(limited_709([0, 0, 0]), [16, 128, 128]);
        assert_eq!(limited_709([0, 255, 0]), [173, 42, 26]);
    }
}
