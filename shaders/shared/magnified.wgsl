// A layer not turned, and drawn no smaller than its source (`magnified`) or than half of it (`reduced`). Four
// pixels of the canvas then lie within five or nine samples of a source row, which a few words hold: these are
// read once, where `affine.wgsl` reads a word for each tap. The assembler puts a format's name in for `FORMAT`.

fn windowed_FORMAT(l: u32, at: vec2u, top: vec4f, bottom: vec4f) -> Block {
    let a = affine_chroma_FORMAT(l, at, 0.0);
    let b = affine_chroma_FORMAT(l, at, 2.0);
    return Block(top, bottom, vec2f(a.x, b.x), vec2f(a.y, b.y));
}

fn columns_FORMAT(l: u32, at: vec2u) -> vec4f {
    let x = f32(4u * at.x) + vec4f(0.0, 1.0, 2.0, 3.0);
    let edge = params.layers[l].luma_edge;
    return clamp(params.layers[l].origin.x + x * params.layers[l].luma_step.x, vec4f(edge.x), vec4f(edge.z));
}

fn row_FORMAT(l: u32, y: u32) -> f32 {
    let edge = params.layers[l].luma_edge;
    return clamp(params.layers[l].origin.y + f32(y) * params.layers[l].luma_step.w, edge.y, edge.w);
}

fn magnified_row_FORMAT(l: u32, x: vec4f, y: f32) -> vec4f {
    let edge = params.layers[l].luma_edge;
    let left = vec4u(x);
    let right = min(left + 1u, vec4u(u32(edge.z)));
    let first = min(left.x, left.w);
    let upper = u32(y);
    let top = window_FORMAT(l, first, upper);
    let bottom = window_FORMAT(l, first, min(upper + 1u, u32(edge.w)));
    let i = left - window_start_FORMAT(first);
    let j = right - window_start_FORMAT(first);
    let a = mix(pick_FORMAT(top, i), pick_FORMAT(top, j), fract(x));
    let b = mix(pick_FORMAT(bottom, i), pick_FORMAT(bottom, j), fract(x));
    return mix(a, b, fract(y));
}

fn magnified_FORMAT(l: u32, at: vec2u) -> Block {
    let x = columns_FORMAT(l, at);
    return windowed_FORMAT(
        l,
        at,
        magnified_row_FORMAT(l, x, row_FORMAT(l, 2u * at.y)),
        magnified_row_FORMAT(l, x, row_FORMAT(l, 2u * at.y + 1u)),
    );
}
