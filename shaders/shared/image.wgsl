// An image with alpha, prepared when its content changed: in the program's Y'CbCr, at the rectangle's size, on
// the canvas' grid of blocks, premultiplied. Plane 0: alpha * Y'. Plane 1: alpha * (C - 128) + 128, interleaved,
// each the mean of its four pixels. Plane 2: alpha, 0 to 255.

fn blend_image(below: Block, l: u32, at: vec2u) -> Block {
    let p = params.layers[l].plane;
    let s = params.layers[l].stride;
    let own = vec2u(vec2i(at) - params.layers[l].span.zw);
    let word = 2u * own.y * s.x + own.x;
    let opacity = params.layers[l].cb.w;
    let a_top = unpack(arena[p.z + word]) * (opacity / 255.0);
    let a_bottom = unpack(arena[p.z + word + s.x]) * (opacity / 255.0);
    let sum = a_top + a_bottom;
    let a_chroma = 0.25 * (sum.xz + sum.yw);
    let chroma = unpack(arena[p.y + own.y * s.x + own.x]) - 128.0;
    return Block(
        below.top - a_top * below.top + opacity * unpack(arena[p.x + word]),
        below.bottom - a_bottom * below.bottom + opacity * unpack(arena[p.x + word + s.x]),
        below.cb - a_chroma * (below.cb - 128.0) + opacity * chroma.xz,
        below.cr - a_chroma * (below.cr - 128.0) + opacity * chroma.yw,
    );
}
