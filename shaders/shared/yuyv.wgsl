// YUYV: one plane of words Y0 Cb Y1 Cr. Chroma has half the width and the full height; a block takes the mean
// of its two rows, which is where the program's chroma stands.

fn block_yuyv(l: u32, at: vec2u) -> Block {
    let s = params.layers[l].stride;
    let row = params.layers[l].plane.x + 2u * at.y * s.x + 2u * at.x;
    let a = unpack(arena[row]);
    let b = unpack(arena[row + 1u]);
    let c = unpack(arena[row + s.x]);
    let d = unpack(arena[row + s.x + 1u]);
    return Block(
        vec4f(a.xz, b.xz),
        vec4f(c.xz, d.xz),
        0.5 * (vec2f(a.y, b.y) + vec2f(c.y, d.y)),
        0.5 * (vec2f(a.w, b.w) + vec2f(c.w, d.w)),
    );
}

// The first luma sample of each row of a block.
fn first_luma_yuyv(l: u32, at: vec2u) -> vec2f {
    let s = params.layers[l].stride;
    let row = params.layers[l].plane.x + 2u * at.y * s.x + 2u * at.x;
    return vec2f(vec2u(arena[row], arena[row + s.x]) & vec2u(255u));
}

// Cb, Cb, Cr, Cr of a block.
fn chroma_pair_yuyv(l: u32, at: vec2u) -> vec4f {
    let block = block_yuyv(l, at);
    return vec4f(block.cb, block.cr);
}

fn luma_yuyv(l: u32, x: u32, y: u32) -> f32 {
    let word = arena[params.layers[l].plane.x + y * params.layers[l].stride.x + (x >> 1u)];
    return f32((word >> (16u * (x & 1u))) & 255u);
}

fn chroma_yuyv(l: u32, x: u32, y: u32) -> vec2f {
    let word = arena[params.layers[l].plane.x + y * params.layers[l].stride.x + x];
    return vec2f(vec2u(word >> 8u, word >> 24u) & vec2u(255u));
}

// The words from the one that holds luma sample `x` on, as many as hold five samples from it.
fn window_yuyv(l: u32, x: u32, y: u32) -> vec3u {
    let s = params.layers[l].stride.x;
    let row = params.layers[l].plane.x + y * s;
    let word = x >> 1u;
    return vec3u(arena[row + word], arena[row + min(word + 1u, s - 1u)], arena[row + min(word + 2u, s - 1u)]);
}

// The first sample of that word.
fn window_start_yuyv(x: u32) -> u32 {
    return x & ~1u;
}

// Samples of a window, counted from its start.
fn pick_yuyv(window: vec3u, i: vec4u) -> vec4f {
    let first = select(window.xxxx, window.yyyy, i >= vec4u(2u));
    let word = select(first, window.zzzz, i >= vec4u(4u));
    return vec4f((word >> (16u * (i & vec4u(1u)))) & vec4u(255u));
}
