//! The parameters of one dispatch, as `shaders/shared/params.wgsl` reads them.

use bytemuck::{Pod, Zeroable};

use crate::color::Conversion;

/// Most layers that one kernel draws.
pub(crate) const FUSED: usize = 7;

/// Parameters of one layer; the fields are explained in the shader.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
pub(crate) struct LayerParams {
    pub(crate) luma: [f32; 4],
    pub(crate) cb: [f32; 4],
    pub(crate) cr: [f32; 4],
    pub(crate) key: [f32; 4],
    pub(crate) spill: [f32; 4],
    pub(crate) grade: [[f32; 4]; 3],
    pub(crate) origin: [f32; 4],
    pub(crate) luma_step: [f32; 4],
    pub(crate) chroma_step: [f32; 4],
    pub(crate) luma_edge: [f32; 4],
    pub(crate) chroma_edge: [f32; 4],
    pub(crate) across: [f32; 4],
    pub(crate) down: [f32; 4],
    pub(crate) mode: [f32; 4],
    pub(crate) span: [i32; 4],
    pub(crate) plane: [u32; 4],
    pub(crate) stride: [u32; 4],
}

impl LayerParams {
    /// What a conversion of colours alone needs.
    pub(crate) fn of(conversion: &Conversion) -> Self {
        let with = |[a, b, c]: [f32; 3]| [a, b, c, 0.0];
        Self {
            luma: conversion.luma,
            cb: with(conversion.cb),
            cr: with(conversion.cr),
            ..Self::default()
        }
    }
}

/// Parameters of one dispatch.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
pub(crate) struct Params {
    /// First block column and row, and those behind the last.
    pub(crate) area: [u32; 4],
    /// Words a row of the program; first word of its chroma, of its luma; words to the program behind it.
    pub(crate) program: [u32; 4],
    /// Y', Cb, Cr of a plain background; the part of the second program in a fade.
    pub(crate) solid: [f32; 4],
    pub(crate) layers: [LayerParams; FUSED],
}

impl Params {
    /// Bytes the kernels see.
    pub(crate) const SIZE: usize = size_of::<Self>();
    /// Bytes from one dispatch's parameters to the next: a multiple of 256, the largest alignment a device may
    /// ask of a dynamic uniform offset.
    pub(crate) const STRIDE: usize = Self::SIZE.next_multiple_of(256);
}
