// A layer scaled, mirrored or turned: every sample stands where one affine map puts it, bilinear by hand. The
// assembler puts a format's name in for `FORMAT`.

// Bilinear luma at a sample position; positions are held within the shown part of the source.
fn bilinear_luma_FORMAT(l: u32, position: vec2f) -> f32 {
    let edge = params.layers[l].luma_edge;
    let p = clamp(position, edge.xy, edge.zw);
    let f = fract(p);
    let a = vec2u(p);
    let b = min(a + 1u, vec2u(edge.zw));
    let top = mix(luma_FORMAT(l, a.x, a.y), luma_FORMAT(l, b.x, a.y), f.x);
    let bottom = mix(luma_FORMAT(l, a.x, b.y), luma_FORMAT(l, b.x, b.y), f.x);
    return mix(top, bottom, f.y);
}

// Bilinear Cb and Cr at a chroma sample position.
fn bilinear_chroma_FORMAT(l: u32, position: vec2f) -> vec2f {
    let edge = params.layers[l].chroma_edge;
    let p = clamp(position, edge.xy, edge.zw);
    let f = fract(p);
    let a = vec2u(p);
    let b = min(a + 1u, vec2u(edge.zw));
    let top = mix(chroma_FORMAT(l, a.x, a.y), chroma_FORMAT(l, b.x, a.y), f.x);
    let bottom = mix(chroma_FORMAT(l, a.x, b.y), chroma_FORMAT(l, b.x, b.y), f.x);
    return mix(top, bottom, f.y);
}

fn affine_row_FORMAT(l: u32, pixel: vec2f) -> vec4f {
    let d = params.layers[l].luma_step;
    let p = params.layers[l].origin.xy + pixel.x * d.xy + pixel.y * d.zw;
    return vec4f(
        bilinear_luma_FORMAT(l, p),
        bilinear_luma_FORMAT(l, p + d.xy),
        bilinear_luma_FORMAT(l, p + 2.0 * d.xy),
        bilinear_luma_FORMAT(l, p + 3.0 * d.xy),
    );
}

// Chroma of the program stands on the even columns, midway between two rows.
fn affine_chroma_FORMAT(l: u32, at: vec2u, column: f32) -> vec2f {
    let d = params.layers[l].chroma_step;
    let pixel = vec2f(4.0 * f32(at.x) + column, 2.0 * f32(at.y) + 0.5);
    return bilinear_chroma_FORMAT(l, params.layers[l].origin.zw + pixel.x * d.xy + pixel.y * d.zw);
}

fn affine_FORMAT(l: u32, at: vec2u) -> Block {
    let pixel = vec2f(f32(4u * at.x), f32(2u * at.y));
    let a = affine_chroma_FORMAT(l, at, 0.0);
    let b = affine_chroma_FORMAT(l, at, 2.0);
    return Block(
        affine_row_FORMAT(l, pixel),
        affine_row_FORMAT(l, pixel + vec2f(0.0, 1.0)),
        vec2f(a.x, b.x),
        vec2f(a.y, b.y),
    );
}

// The matte of such a layer: alpha of three chroma samples, linear between them, the same in both rows.
fn affine_matte_FORMAT(l: u32, at: vec2u, own: Block) -> Alpha {
    let behind = affine_chroma_FORMAT(l, at, 4.0);
    let a = key_alpha(l, convert_cb(l, own.cb, own.cr), convert_cr(l, own.cb, own.cr));
    let cb = convert_cb(l, behind.xx, behind.yy);
    let c = key_alpha(l, cb, convert_cr(l, behind.xx, behind.yy)).x;
    let row = vec4f(a.x, 0.5 * (a.x + a.y), a.y, 0.5 * (a.y + c));
    return Alpha(row, row, a);
}
