//! Sequence parameter sets (ITU-T H.264, 7.3.2.1.1) and what their VUI says (annex E).

use media::{ColorInfo, FrameRate, Matrix, Range, Siting, Size};

use super::{kind, nal_type, unescape};
use crate::ConfigError;
use crate::bits::BitReader;

/// What a sequence parameter set says, as far as the workspace asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sps {
    /// profile_idc: 66 Baseline, 77 Main, 100 High.
    pub profile: u8,
    /// constraint_set0_flag (highest bit) to constraint_set5_flag, with the reserved bits.
    pub constraints: u8,
    /// level_idc: ten times the level, 31 for 3.1.
    pub level: u8,
    /// chroma_format_idc: 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4.
    pub chroma_format: u8,
    /// Bits of a luma sample, 8 to 14.
    pub bit_depth_luma: u8,
    /// Bits of a chroma sample, 8 to 14.
    pub bit_depth_chroma: u8,
    /// Picture size in pixels, after cropping.
    pub size: Size,
    /// From the VUI's timing, taking two ticks for a frame; none where it says nothing or over 300 a second.
    pub frame_rate: Option<FrameRate>,
    /// Meaning of the samples; BT.709 where a picture of 720 rows or more doesn't say, else BT.601.
    pub color: ColorInfo,
    /// The colour code points as written, for containers; none where the VUI has none.
    pub color_description: Option<ColorDescription>,
    /// By how many frames output may lag behind decoding: 0 where the stream says or implies that there are
    /// no B-frames, none where it says nothing.
    pub reorder: Option<u8>,
}

/// Code points of ITU-T H.273.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColorDescription {
    /// ColourPrimaries.
    pub primaries: u8,
    /// TransferCharacteristics.
    pub transfer: u8,
    /// MatrixCoefficients.
    pub matrix: u8,
}

/// What comes before the VUI, between profile and cropping.
struct Chroma {
    format: u8,
    luma_bits: u8,
    chroma_bits: u8,
    separate_planes: bool,
}

#[derive(Default)]
struct Vui {
    full_range: bool,
    description: Option<ColorDescription>,
    chroma_location: Option<u32>,
    rate: Option<FrameRate>,
    reorder: Option<u8>,
}

impl Sps {
    /// Reads a NAL unit of type 7, header and emulation prevention bytes included.
    ///
    /// # Errors
    /// When it is cut short, a value is out of the specification's range, or the picture is larger than
    /// 16384 pixels a side. A VUI that can't be read counts as absent.
    pub fn parse(nal: &[u8]) -> Result<Self, ConfigError> {
        if kind(nal) != nal_type::SPS {
            return Err(ConfigError::Malformed("not an SPS"));
        }
        let rbsp = unescape(&nal[1..]);
        let r = &mut BitReader::new(&rbsp);
        let profile = r.bits(8)? as u8;
        let constraints = r.bits(8)? as u8;
        let level = r.bits(8)? as u8;
        r.ue_max(31)?; // seq_parameter_set_id
        let chroma = read_chroma(r, profile)?;
        r.ue_max(12)?; // log2_max_frame_num_minus4
        let order_type = read_picture_order(r)?;
        r.ue_max(16)?; // max_num_ref_frames
        r.skip(1)?; // gaps_in_frame_num_value_allowed_flag
        let size = read_size(r, &chroma)?;
        let vui = match r.flag()? {
            true => read_vui(r).unwrap_or_default(),
            false => Vui::default(),
        };
        let never_reorders = order_type == 2 || profile == 66;
        Ok(Self {
            profile,
            constraints,
            level,
            chroma_format: chroma.format,
            bit_depth_luma: chroma.luma_bits,
            bit_depth_chroma: chroma.chroma_bits,
            size,
            frame_rate: vui.rate,
            color: vui.color(size),
            color_description: vui.description,
            reorder: if never_reorders { Some(0) } else { vui.reorder },
        })
    }
}

/// Chroma format, bit depths and scaling lists: only in profiles above Main.
fn read_chroma(r: &mut BitReader<'_>, profile: u8) -> Result<Chroma, ConfigError> {
    let mut chroma = Chroma {
        format: 1,
        luma_bits: 8,
        chroma_bits: 8,
        separate_planes: false,
    };
    if !matches!(
        profile,
        100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128 | 138 | 139 | 134 | 135
    ) {
        return Ok(chroma);
    }
    chroma.format = r.ue_max(3)? as u8;
    if chroma.format == 3 {
        chroma.separate_planes = r.flag()?;
    }
    chroma.luma_bits = r.ue_max(6)? as u8 + 8;
    chroma.chroma_bits = r.ue_max(6)? as u8 + 8;
    r.skip(1)?; // qpprime_y_zero_transform_bypass_flag
    if r.flag()? {
        let lists = if chroma.format == 3 { 12 } else { 8 };
        for list in 0..lists {
            if r.flag()? {
                skip_scaling_list(r, if list < 6 { 16 } else { 64 })?;
            }
        }
    }
    Ok(chroma)
}

/// scaling_list() of 7.3.2.1.1.1.
fn skip_scaling_list(r: &mut BitReader<'_>, size: u32) -> Result<(), ConfigError> {
    let (mut last, mut next) = (8i32, 8i32);
    for _ in 0..size {
        if next != 0 {
            next = (last + r.se()?.clamp(-128, 127) + 256) % 256;
        }
        last = if next == 0 { last } else { next };
    }
    Ok(())
}

/// pic_order_cnt_type and what hangs on it.
fn read_picture_order(r: &mut BitReader<'_>) -> Result<u32, ConfigError> {
    let order_type = r.ue_max(2)?;
    if order_type == 0 {
        r.ue_max(12)?; // log2_max_pic_order_cnt_lsb_minus4
    } else if order_type == 1 {
        r.skip(1)?; // delta_pic_order_always_zero_flag
        r.se()?; // offset_for_non_ref_pic
        r.se()?; // offset_for_top_to_bottom_field
        for _ in 0..r.ue_max(255)? {
            r.se()?; // offset_for_ref_frame
        }
    }
    Ok(order_type)
}

/// Size in macroblocks, frame or field, and cropping (7.4.2.1.1, equations 7-19 to 7-22).
fn read_size(r: &mut BitReader<'_>, chroma: &Chroma) -> Result<Size, ConfigError> {
    let width = (r.ue_max(1023)? + 1) * 16;
    let map_units = r.ue_max(1023)? + 1;
    let fields = u32::from(!r.flag()?) + 1;
    if fields == 2 {
        r.skip(1)?; // mb_adaptive_frame_field_flag
    }
    r.skip(1)?; // direct_8x8_inference_flag
    let height = map_units * 16 * fields;
    let (mut left_right, mut top_bottom) = (0u64, 0u64);
    if r.flag()? {
        left_right = u64::from(r.ue()?) + u64::from(r.ue()?);
        top_bottom = u64::from(r.ue()?) + u64::from(r.ue()?);
    }
    let subsampled = !chroma.separate_planes;
    let unit_x = if subsampled && matches!(chroma.format, 1 | 2) {
        2
    } else {
        1
    };
    let unit_y = if subsampled && chroma.format == 1 { 2 } else { 1 } * u64::from(fields);
    let crop = |full: u32, units: u64, unit: u64| {
        u64::from(full)
            .checked_sub(units * unit)
            .filter(|&kept| kept > 0 && kept <= 16_384)
            .ok_or(ConfigError::Malformed("picture size"))
    };
    let (width, height) = (
        crop(width, left_right, unit_x)?,
        crop(height, top_bottom, unit_y)?,
    );
    Ok(Size::new(width as u32, height as u32))
}

/// vui_parameters() of E.1.1.
fn read_vui(r: &mut BitReader<'_>) -> Result<Vui, ConfigError> {
    const EXTENDED_SAR: u32 = 255;
    let mut vui = Vui::default();
    if r.flag()? && r.bits(8)? == EXTENDED_SAR {
        r.skip(32)?;
    }
    if r.flag()? {
        r.skip(1)?; // overscan_appropriate_flag
    }
    if r.flag()? {
        r.skip(3)?; // video_format
        vui.full_range = r.flag()?;
        if r.flag()? {
            vui.description = Some(ColorDescription {
                primaries: r.bits(8)? as u8,
                transfer: r.bits(8)? as u8,
                matrix: r.bits(8)? as u8,
            });
        }
    }
    if r.flag()? {
        vui.chroma_location = Some(r.ue_max(5)?);
        r.ue_max(5)?;
    }
    if r.flag()? {
        let (units, scale) = (r.bits(32)?, r.bits(32)?);
        r.skip(1)?; // fixed_frame_rate_flag
        vui.rate = frame_rate(units, scale);
    }
    read_hrd_and_restriction(r, &mut vui)?;
    Ok(vui)
}

fn read_hrd_and_restriction(r: &mut BitReader<'_>, vui: &mut Vui) -> Result<(), ConfigError> {
    let nal_hrd = r.flag()?;
    if nal_hrd {
        skip_hrd(r)?;
    }
    let vcl_hrd = r.flag()?;
    if vcl_hrd {
        skip_hrd(r)?;
    }
    if nal_hrd || vcl_hrd {
        r.skip(1)?; // low_delay_hrd_flag
    }
    r.skip(1)?; // pic_struct_present_flag
    if r.flag()? {
        r.skip(1)?; // motion_vectors_over_pic_boundaries_flag
        for _ in 0..4 {
            r.ue()?; // max_bytes_per_pic_denom to log2_max_mv_length_vertical
        }
        vui.reorder = Some(r.ue_max(16)? as u8);
    }
    Ok(())
}

/// hrd_parameters() of E.1.2.
fn skip_hrd(r: &mut BitReader<'_>) -> Result<(), ConfigError> {
    let schedules = r.ue_max(31)? + 1;
    r.skip(8)?;
    for _ in 0..schedules {
        r.ue()?;
        r.ue()?;
        r.skip(1)?;
    }
    r.skip(20)
}

/// Frames a second from ticks (E.2.1: a frame lasts two), in lowest terms.
fn frame_rate(units_in_tick: u32, time_scale: u32) -> Option<FrameRate> {
    let (num, den) = (u64::from(time_scale), u64::from(units_in_tick) * 2);
    if num == 0 || den == 0 || num > den * 300 || num * 10 < den {
        return None;
    }
    let divisor = gcd(num, den);
    FrameRate::new(
        u32::try_from(num / divisor).ok()?,
        u32::try_from(den / divisor).ok()?,
    )
}

const fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Vui {
    fn color(&self, size: Size) -> ColorInfo {
        let unsaid = if size.height >= 720 {
            Matrix::Bt709
        } else {
            Matrix::Bt601
        };
        let matrix = match self.description.map(|d| d.matrix) {
            Some(1) => Matrix::Bt709,
            Some(4..=6) => Matrix::Bt601,
            Some(9 | 10) => Matrix::Bt2020,
            _ => unsaid,
        };
        ColorInfo {
            matrix,
            range: if self.full_range {
                Range::Full
            } else {
                Range::Limited
            },
            // Table E-1 / figure E-1: 0 left (also when unsaid), 1 centre, 2 top left.
            siting: match self.chroma_location {
                Some(1) => Siting::Center,
                Some(2) => Siting::TopLeft,
                _ => Siting::Left,
            },
        }
    }
}
