// NV12: plane 0 luma, plane 1 interleaved Cb and Cr at half size both ways.

fn block_nv12(l: u32, at: vec2u) -> Block {
    let p = params.layers[l].plane;
    let s = params.layers[l].stride;
    let row = p.x + 2u * at.y * s.x + at.x;
    let chroma = unpack(arena[p.y + at.y * s.y + at.x]);
    return Block(unpack(arena[row]), unpack(arena[row + s.x]), chroma.xz, chroma.yw);
}

// The first luma sample of each row of a block.
fn first_luma_nv12(l: u32, at: vec2u) -> vec2f {
    let s = params.layers[l].stride;
    let row = params.layers[l].plane.x + 2u * at.y * s.x + at.x;
    return vec2f(vec2u(arena[row], arena[row + s.x]) & vec2u(255u));
}

// Cb, Cb, Cr, Cr of a block.
fn chroma_pair_nv12(l: u32, at: vec2u) -> vec4f {
    return unpack(arena[params.layers[l].plane.y + at.y * params.layers[l].stride.y + at.x]).xzyw;
}

fn luma_nv12(l: u32, x: u32, y: u32) -> f32 {
    let word = arena[params.layers[l].plane.x + y * params.layers[l].stride.x + (x >> 2u)];
    return f32((word >> (8u * (x & 3u))) & 255u);
}

fn chroma_nv12(l: u32, x: u32, y: u32) -> vec2f {
    let word = arena[params.layers[l].plane.y + y * params.layers[l].stride.y + (x >> 1u)] >> (16u * (x & 1u));
    return vec2f(vec2u(word, word >> 8u) & vec2u(255u));
}

// The words from the one that holds luma sample `x` on, as many as hold five samples from it.
fn window_nv12(l: u32, x: u32, y: u32) -> vec3u {
    let s = params.layers[l].stride.x;
    let row = params.layers[l].plane.x + y * s;
    let word = x >> 2u;
    return vec3u(arena[row + word], arena[row + min(word + 1u, s - 1u)], 0u);
}

// The first sample of that word.
fn window_start_nv12(x: u32) -> u32 {
    return x & ~3u;
}

// Samples of a window, counted from its start.
fn pick_nv12(window: vec3u, i: vec4u) -> vec4f {
    let word = select(window.xxxx, window.yyyy, i >= vec4u(4u));
    return vec4f((word >> (8u * (i & vec4u(3u)))) & vec4u(255u));
}
