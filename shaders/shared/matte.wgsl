// The matte of a keyed layer that lies on the canvas pixel by pixel. The assembler puts a format's name
// in for `FORMAT`.
//
// The key is decided on chroma, which has a quarter of luma's samples, and its alpha raised to luma's size: in
// height by 3/4 of the own row and 1/4 of the nearer neighbour (chroma stands midway between two rows), in
// width along luma's edges (`raise`).

// Alpha of a block's two chroma samples and of the one behind them.
fn chroma_alpha_FORMAT(l: u32, column: u32, row: u32) -> vec3f {
    let last = params.layers[l].stride.z;
    let own = chroma_pair_FORMAT(l, vec2u(column, row));
    let next = chroma_pair_FORMAT(l, vec2u(min(column + 1u, last), row));
    let a = key_alpha(l, convert_cb(l, own.xy, own.zw), convert_cr(l, own.xy, own.zw));
    let b = key_alpha(l, convert_cb(l, next.xx, next.zz), convert_cr(l, next.xx, next.zz));
    return vec3f(a, select(b.x, a.y, column == last));
}

fn matte_FORMAT(l: u32, at: vec2u, own: Block) -> Alpha {
    let edge = params.layers[l].stride;
    let above = chroma_alpha_FORMAT(l, at.x, max(at.y, 1u) - 1u);
    let here = chroma_alpha_FORMAT(l, at.x, at.y);
    let below = chroma_alpha_FORMAT(l, at.x, min(at.y + 1u, edge.w));
    let top = 0.75 * here + 0.25 * above;
    let bottom = 0.75 * here + 0.25 * below;
    let following = first_luma_FORMAT(l, vec2u(min(at.x + 1u, edge.z), at.y));
    let next = select(following, vec2f(own.top.w, own.bottom.w), at.x == edge.z);
    let top_odd = raise(top.xy, top.yz, own.top.xz, own.top.yw, vec2f(own.top.z, next.x));
    let bottom_odd = raise(bottom.xy, bottom.yz, own.bottom.xz, own.bottom.yw, vec2f(own.bottom.z, next.y));
    return Alpha(
        vec4f(top.x, top_odd.x, top.y, top_odd.y),
        vec4f(bottom.x, bottom_odd.x, bottom.y, bottom_odd.y),
        here.xy,
    );
}
