// What every kernel is given: the parameters of one dispatch, the arena of sources, the program.

// Parameters of one layer. Mirrors `LayerParams` in crates/compositor/src/params.rs.
struct Layer {
    // Y' of the program = dot(luma.xyz, (Y', Cb, Cr)) + luma.w, in code values.
    luma: vec4f,
    // Cb of the program = cb.x * Cb + cb.y * Cr + cb.z. In cb.w: opacity, 0 to 1.
    cb: vec4f,
    // Cr of the program = cr.x * Cb + cr.y * Cr + cr.z. In cr.w: 1 where `mode` is another than normal, else 0.
    cr: vec4f,
    // The key colour's Cb and Cr, the squared radius within which all is transparent, and the inverse of the
    // squared distance over which it becomes opaque.
    key: vec4f,
    // Unit direction of the key colour from grey in the CbCr plane; squared radius and inverse as above, for
    // the distance over which the screen's colour is taken out.
    spill: vec4f,
    // Colour correction: each of the program's Y', Cb, Cr = dot(row.xyz, (Y', Cb, Cr)) + row.w.
    grade_y: vec4f,
    grade_cb: vec4f,
    grade_cr: vec4f,
    // The sample that canvas pixel 0, 0 shows: x, y of luma, x, y of chroma.
    origin: vec4f,
    // How far one canvas pixel to the right (xy) and one down (zw) move that sample.
    luma_step: vec4f,
    chroma_step: vec4f,
    // First and last sample that may be read: x, y, x, y.
    luma_edge: vec4f,
    chroma_edge: vec4f,
    // Distances from the middle lines of a turned rectangle, in canvas pixels: along its width
    // across.x * column + across.y * row + across.z, along its height with `down`; in w half the side plus 1/2.
    across: vec4f,
    down: vec4f,
    // Blend mode: what the coefficients of below, above, below * above and |below - above| are.
    mode: vec4f,
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
    // Words a row of the program; first word of its chroma, of its luma; words from one program to the other.
    program: vec4u,
    // Y', Cb, Cr of a plain background, in code values; the part of the second program in a fade, 0 to 1.
    solid: vec4f,
    layers: array<Layer, 7>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> arena: array<u32>;
@group(0) @binding(2) var<storage, read_write> program: array<u32>;
