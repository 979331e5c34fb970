// A layer drawn larger than its source. Four pixels of the canvas then lie within five samples of a source row,
// which a few words hold: these are read once, where `scaled.wgsl` reads a word for each tap. The assembler puts
// a format's name in for `FORMAT`.

fn magnified_row_FORMAT(l: u32, pixel: vec2f) -> vec4f {
    let m = params.layers[l].luma_at;
    let edge = params.layers[l].luma_edge;
    let x = clamp(m.x + (pixel.x + vec4f(0.0, 1.0, 2.0, 3.0)) * m.z, vec4f(edge.x), vec4f(edge.z));
    let y = clamp(m.y + pixel.y * m.w, edge.y, edge.w);
    let left = vec4u(x);
    let right = min(left + 1u, vec4u(u32(edge.z)));
    let upper = u32(y);
    let top = window_FORMAT(l, left.x, upper);
    let bottom = window_FORMAT(l, left.x, min(upper + 1u, u32(edge.w)));
    let i = left - window_start_FORMAT(left.x);
    let j = right - window_start_FORMAT(left.x);
    let a = mix(pick_FORMAT(top, i), pick_FORMAT(top, j), fract(x));
    let b = mix(pick_FORMAT(bottom, i), pick_FORMAT(bottom, j), fract(x));
    return mix(a, b, fract(y));
}

fn magnified_FORMAT(l: u32, at: vec2u) -> Block {
    let pixel = vec2f(f32(4u * at.x), f32(2u * at.y));
    let a = scaled_chroma_FORMAT(l, at, 0.0);
    let b = scaled_chroma_FORMAT(l, at, 2.0);
    return Block(
        magnified_row_FORMAT(l, pixel),
        magnified_row_FORMAT(l, pixel + vec2f(0.0, 1.0)),
        vec2f(a.x, b.x),
        vec2f(a.y, b.y),
    );
}
