// The wider window, for the planar formats: see `magnified.wgsl`.

// Three words of a row, from the one that holds luma sample `x`.
fn wide_window_FORMAT(l: u32, x: u32, y: u32) -> vec3u {
    let s = params.layers[l].stride.x;
    let row = params.layers[l].plane.x + y * s;
    let word = vec3u(x >> 2u) + vec3u(0u, 1u, 2u);
    let held = min(word, vec3u(s - 1u));
    return vec3u(arena[row + held.x], arena[row + held.y], arena[row + held.z]);
}

fn wide_pick_FORMAT(window: vec3u, i: vec4u) -> vec4f {
    let first = select(window.xxxx, window.yyyy, i >= vec4u(4u));
    let word = select(first, window.zzzz, i >= vec4u(8u));
    return vec4f((word >> (8u * (i & vec4u(3u)))) & vec4u(255u));
}

fn reduced_row_FORMAT(l: u32, x: vec4f, y: f32) -> vec4f {
    let edge = params.layers[l].luma_edge;
    let left = vec4u(x);
    let right = min(left + 1u, vec4u(u32(edge.z)));
    let first = min(left.x, left.w);
    let upper = u32(y);
    let top = wide_window_FORMAT(l, first, upper);
    let bottom = wide_window_FORMAT(l, first, min(upper + 1u, u32(edge.w)));
    let i = left - (first & ~3u);
    let j = right - (first & ~3u);
    let a = mix(wide_pick_FORMAT(top, i), wide_pick_FORMAT(top, j), fract(x));
    let b = mix(wide_pick_FORMAT(bottom, i), wide_pick_FORMAT(bottom, j), fract(x));
    return mix(a, b, fract(y));
}

fn reduced_FORMAT(l: u32, at: vec2u) -> Block {
    let x = columns_FORMAT(l, at);
    return windowed_FORMAT(
        l,
        at,
        reduced_row_FORMAT(l, x, row_FORMAT(l, 2u * at.y)),
        reduced_row_FORMAT(l, x, row_FORMAT(l, 2u * at.y + 1u)),
    );
}
