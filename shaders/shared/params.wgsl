// What every kernel is given: the parameters of one dispatch, the arena of sources, the program.

// Parameters of one layer. Mirrors `LayerParams` in crates/compositor/src/params.rs.
struct Layer {
    // Y' of the program = dot(luma.xyz, (Y', Cb, Cr)) + luma.w, in code values.
    luma: vec4f,
    // Cb of the program = cb.x * Cb + cb.y * Cr + cb.z. In cb.w: opacity, 0 to 1.
    cb: vec4f,
    // Cr of the program = cr.x * Cb + cr.y * Cr + cr.z.
    cr: vec4f,
    // The key colour's Cb and Cr, the squared radius within which all is transparent, and the inverse of the
    // squared distance over which it becomes opaque.
    key: vec4f,
    // Unit direction of the key colour from grey in the CbCr plane; squared radius and inverse as above, for
    // the distance over which the screen's colour is taken out.
    spill: vec4f,
    // Scaled layers: sample position = at.xy + canvas pixel * at.zw, for luma and for chroma.
    luma_at: vec4f,
    chroma_at: vec4f,
    // First and last sample that may be read: x, y, x, y.
    luma_edge: vec4f,
    chroma_edge: vec4f,
    // First canvas column, the one behind the last; images: block column and block row of their first word.
    span: vec4i,
    // First word of each plane.
    plane: vec4u,
    // Words a row of plane 0 and of planes 1 and 2; the last block column and block row.
    stride: vec4u,
}

struct Params {
    // Blocks of this dispatch: first column, first row, end column, end row.
    area: vec4u,
    // Words a row of the program; first word of its chroma.
    program: vec4u,
    // Y', Cb, Cr of a plain background, in code values.
    solid: vec4f,
    layers: array<Layer, 7>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> arena: array<u32>;
@group(0) @binding(2) var<storage, read_write> program: array<u32>;
