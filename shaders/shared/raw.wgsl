// An image with alpha as it came, packed R, G, B, A: scaled, mirrored and turned by one affine map, bilinear by
// hand on premultiplied colour. What `image.wgsl` draws faster once it is prepared, and the only way for an
// image that is turned or has a blend mode.

// Colour (in the program's Y'CbCr, straight) and alpha of a block.
struct Drawn {
    block: Block,
    alpha: Alpha,
}

// Premultiplied red, green, blue, and alpha; 0 to 255.
fn rgba(l: u32, x: u32, y: u32) -> vec4f {
    let c = unpack(arena[params.layers[l].plane.x + y * params.layers[l].stride.x + x]);
    return vec4f(c.xyz * (c.w / 255.0), c.w);
}

fn bilinear_rgba(l: u32, position: vec2f) -> vec4f {
    let edge = params.layers[l].luma_edge;
    let p = clamp(position, edge.xy, edge.zw);
    let f = fract(p);
    let a = vec2u(p);
    let b = min(a + 1u, vec2u(edge.zw));
    let top = mix(rgba(l, a.x, a.y), rgba(l, b.x, a.y), f.x);
    let bottom = mix(rgba(l, a.x, b.y), rgba(l, b.x, b.y), f.x);
    return mix(top, bottom, f.y);
}

// alpha * Y', alpha * (Cb - 128), alpha * (Cr - 128) in code values, alpha 0 to 1. The rows of the matrix are
// where a video layer has its conversion.
fn premultiplied(l: u32, position: vec2f) -> vec4f {
    let c = bilinear_rgba(l, position);
    let y = params.layers[l].luma;
    let b = params.layers[l].cb;
    let r = params.layers[l].cr;
    return vec4f(
        dot(y.xyz, c.xyz) + y.w * c.w,
        dot(b.xyz, c.xyz),
        dot(r.xyz, c.xyz),
        c.w / 255.0,
    );
}

fn straight(value: vec4f, alpha: vec4f) -> vec4f {
    return value / max(alpha, vec4f(0.001));
}

fn drawn(l: u32, at: vec2u) -> Drawn {
    let d = params.layers[l].luma_step;
    let p = params.layers[l].origin.xy + f32(4u * at.x) * d.xy + f32(2u * at.y) * d.zw;
    let q = p + d.zw;
    let a0 = premultiplied(l, p);
    let a1 = premultiplied(l, p + d.xy);
    let a2 = premultiplied(l, p + 2.0 * d.xy);
    let a3 = premultiplied(l, p + 3.0 * d.xy);
    let b0 = premultiplied(l, q);
    let b1 = premultiplied(l, q + d.xy);
    let b2 = premultiplied(l, q + 2.0 * d.xy);
    let b3 = premultiplied(l, q + 3.0 * d.xy);
    let top = vec4f(a0.w, a1.w, a2.w, a3.w);
    let bottom = vec4f(b0.w, b1.w, b2.w, b3.w);
    let left = a0 + a1 + b0 + b1;
    let right = a2 + a3 + b2 + b3;
    let sum = vec2f(left.w, right.w);
    return Drawn(
        Block(
            straight(vec4f(a0.x, a1.x, a2.x, a3.x), top),
            straight(vec4f(b0.x, b1.x, b2.x, b3.x), bottom),
            128.0 + vec2f(left.y, right.y) / max(sum, vec2f(0.001)),
            128.0 + vec2f(left.z, right.z) / max(sum, vec2f(0.001)),
        ),
        Alpha(top, bottom, 0.25 * sum),
    );
}
