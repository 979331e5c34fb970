//! The init segment (CMAF header): `ftyp` and `moov` of one track.

use bytes::Bytes;
use media::{AudioCodec, AudioParameters, CodecParameters, VideoCodec, VideoParameters};
use mp4_atom::{
    Atom, Audio, Av01, Av1c, Avc1, Avcc, AvccExt, Codec, Colr, Dops, Encode, Esds, FixedPoint, Ftyp, Hdlr,
    Hvc1, Mdhd, Mdia, Minf, Moov, Mp4a, Mvex, Mvhd, Smhd, Stbl, Stco, Stsd, Tkhd, Trak, Trex, Visual, Vmhd,
    Vp09, VpcC, esds,
};

use super::Error;
use crate::ConfigError;
use crate::h264::AvcConfig;

/// Writes the init segment of a track: brands `cmfc` and `iso6`, parameter sets out of band (`avc1`), no edit
/// list (times on the wire are those of the line; AAC priming is the encoder's to subtract).
///
/// `timescale` is in ticks a second and above zero, `track_id` above zero.
///
/// # Errors
/// When the codec's configuration can't be read, or the picture has 65536 pixels a side or more.
pub fn init_segment(parameters: &CodecParameters, timescale: u32, track_id: u32) -> Result<Bytes, Error> {
    let ftyp = Ftyp {
        major_brand: b"cmfc".into(),
        minor_version: 0,
        compatible_brands: vec![b"iso6".into(), b"cmfc".into()],
    };
    let moov = Moov {
        mvhd: Mvhd {
            timescale,
            rate: 1.into(),
            volume: 1.into(),
            next_track_id: track_id.wrapping_add(1),
            ..Default::default()
        },
        mvex: Some(Mvex {
            mehd: None,
            trex: vec![Trex {
                track_id,
                default_sample_description_index: 1,
                ..Default::default()
            }],
        }),
        trak: vec![trak(parameters, timescale, track_id)?],
        ..Default::default()
    };
    let mut out = Vec::with_capacity(1024);
    ftyp.encode(&mut out).map_err(|_| Error::TooLarge)?;
    moov.encode(&mut out).map_err(|_| Error::TooLarge)?;
    Ok(out.into())
}

fn trak(parameters: &CodecParameters, timescale: u32, track_id: u32) -> Result<Trak, Error> {
    let mut tkhd = Tkhd {
        track_id,
        enabled: true,
        in_movie: true,
        ..Default::default()
    };
    let (handler, name, codec) = match parameters {
        CodecParameters::Video(p) => {
            tkhd.width = FixedPoint::from(side(p.size.width)?);
            tkhd.height = FixedPoint::from(side(p.size.height)?);
            (b"vide", "video", picture(p)?)
        }
        CodecParameters::Audio(p) => {
            tkhd.volume = 1.into();
            let codec = match p.codec {
                AudioCodec::Aac => Codec::from(mp4a(p, track_id)),
                AudioCodec::Opus => Codec::from(opus(p)?),
            };
            (b"soun", "audio", codec)
        }
    };
    let video = handler == b"vide";
    let mdia = Mdia {
        mdhd: Mdhd {
            timescale,
            language: "und".into(),
            ..Default::default()
        },
        hdlr: Hdlr {
            handler: handler.into(),
            name: name.into(),
        },
        minf: Minf {
            vmhd: video.then(Vmhd::default),
            smhd: (!video).then(Smhd::default),
            dinf: data_in_this_file(),
            stbl: Stbl {
                stsd: Stsd { codecs: vec![codec] },
                stco: Some(Stco::default()),
                ..Default::default()
            },
            ..Default::default()
        },
    };
    Ok(Trak {
        tkhd,
        mdia,
        ..Default::default()
    })
}

fn data_in_this_file() -> mp4_atom::Dinf {
    mp4_atom::Dinf {
        dref: mp4_atom::Dref {
            entries: vec![mp4_atom::Url::default().into()],
        },
    }
}

fn side(pixels: u32) -> Result<u16, Error> {
    u16::try_from(pixels).map_err(|_| Error::TooLarge)
}

fn picture(p: &VideoParameters) -> Result<Codec, Error> {
    Ok(match p.codec {
        VideoCodec::H264 => avc1(p)?.into(),
        VideoCodec::Hevc => Hvc1 {
            visual: visual(p)?,
            hvcc: record(&p.config)?,
            ..Default::default()
        }
        .into(),
        VideoCodec::Av1 => Av01 {
            visual: visual(p)?,
            av1c: record::<Av1c>(&p.config)?,
            ..Default::default()
        }
        .into(),
        VideoCodec::Vp9 => vp09(p)?.into(),
    })
}

fn vp09(p: &VideoParameters) -> Result<Vp09, Error> {
    let fields = p.config.first_chunk().ok_or(ConfigError::Truncated)?;
    let &[
        profile,
        level,
        depth,
        color_primaries,
        transfer_characteristics,
        matrix_coefficients,
    ] = fields;
    Ok(Vp09 {
        visual: visual(p)?,
        vpcc: VpcC {
            profile,
            level,
            bit_depth: depth >> 4,
            chroma_subsampling: depth >> 1 & 7,
            video_full_range_flag: depth & 1 == 1,
            color_primaries,
            transfer_characteristics,
            matrix_coefficients,
            codec_initialization_data: Vec::new(),
        },
        ..Default::default()
    })
}

/// A configuration record as the body of its box.
fn record<B: Atom>(mut bytes: &[u8]) -> Result<B, Error> {
    B::decode_body(&mut bytes).map_err(|_| ConfigError::Malformed("the decoder's configuration").into())
}

fn visual(p: &VideoParameters) -> Result<Visual, Error> {
    Ok(Visual {
        data_reference_index: 1,
        width: side(p.size.width)?,
        height: side(p.size.height)?,
        horizresolution: 72.into(),
        vertresolution: 72.into(),
        frame_count: 1,
        compressor: "".into(),
        depth: 24,
    })
}

/// Families of channels other than mono and stereo aren't carried.
fn opus(p: &AudioParameters) -> Result<mp4_atom::Opus, Error> {
    let (pre_skip, input_sample_rate, output_gain, family) = crate::opus::fields(&p.config)?;
    if family != 0 {
        return Err(ConfigError::Unsupported("Opus of more than two channels").into());
    }
    Ok(mp4_atom::Opus {
        audio: Audio {
            data_reference_index: 1,
            channel_count: p.channels.into(),
            sample_size: 16,
            sample_rate: u16::try_from(p.rate).unwrap_or(0).into(),
        },
        dops: Dops {
            output_channel_count: p.channels,
            pre_skip,
            input_sample_rate,
            output_gain,
            channel_mapping: None,
        },
        btrt: None,
    })
}

fn avc1(p: &VideoParameters) -> Result<Avc1, Error> {
    let config = AvcConfig::parse(&p.config)?;
    if config.length_size != 4 {
        return Err(ConfigError::Unsupported("NAL unit lengths of other than four bytes").into());
    }
    let sps = config.first_sps()?;
    let high = matches!(config.profile, 100 | 110 | 122 | 144);
    let colr = sps.color_description.map(|d| Colr::Nclx {
        colour_primaries: d.primaries.into(),
        transfer_characteristics: d.transfer.into(),
        matrix_coefficients: d.matrix.into(),
        full_range_flag: sps.color.range == media::Range::Full,
    });
    let owned = |sets: &[Bytes]| sets.iter().map(|set| set.to_vec()).collect();
    Ok(Avc1 {
        visual: visual(p)?,
        avcc: Avcc {
            configuration_version: 1,
            avc_profile_indication: config.profile,
            profile_compatibility: config.compatibility,
            avc_level_indication: config.level,
            length_size: 4,
            sequence_parameter_sets: owned(&config.sps),
            picture_parameter_sets: owned(&config.pps),
            ext: high.then(|| AvccExt {
                chroma_format: sps.chroma_format,
                bit_depth_luma: sps.bit_depth_luma,
                bit_depth_chroma: sps.bit_depth_chroma,
                sequence_parameter_sets_ext: Vec::new(),
            }),
        },
        colr,
        ..Default::default()
    })
}

fn mp4a(p: &AudioParameters, track_id: u32) -> Mp4a {
    const MPEG4_AUDIO: u8 = 0x40;
    const AUDIO_STREAM: u8 = 5;
    Mp4a {
        audio: Audio {
            data_reference_index: 1,
            channel_count: p.channels.into(),
            sample_size: 16,
            // Rates that don't fit are told by the decoder's configuration alone.
            sample_rate: u16::try_from(p.rate).unwrap_or(0).into(),
        },
        esds: Esds {
            es_desc: esds::EsDescriptor {
                es_id: track_id as u16,
                dec_config: esds::DecoderConfig {
                    object_type_indication: MPEG4_AUDIO,
                    stream_type: AUDIO_STREAM,
                    dec_specific: Some(esds::DecoderSpecific {
                        raw: p.config.to_vec(),
                        ..Default::default()
                    }),
                    ..Default::default()
                },
                ..Default::default()
            },
        },
        btrt: None,
        taic: None,
    }
}
