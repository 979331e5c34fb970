// From the source's Y'CbCr to the program's (BT.709, limited range): one affine map for matrix and range.
// A grey stays a grey, so chroma takes nothing from luma; luma takes from chroma what the matrices differ by.
// Colours that the program can't hold are clipped here, so that a fused scene looks like one drawn in steps.

fn clip2(v: vec2f) -> vec2f {
    return clamp(v, vec2f(0.0), vec2f(255.0));
}

fn clip4(v: vec4f) -> vec4f {
    return clamp(v, vec4f(0.0), vec4f(255.0));
}

fn convert_cb(l: u32, cb: vec2f, cr: vec2f) -> vec2f {
    let m = params.layers[l].cb;
    return clip2(m.x * cb + m.y * cr + m.z);
}

fn convert_cr(l: u32, cb: vec2f, cr: vec2f) -> vec2f {
    let m = params.layers[l].cr;
    return clip2(m.x * cb + m.y * cr + m.z);
}

fn convert(l: u32, block: Block) -> Block {
    let m = params.layers[l].luma;
    // One chroma sample serves two columns and both rows.
    let shift = (m.y * block.cb + m.z * block.cr + m.w).xxyy;
    return Block(
        clip4(m.x * block.top + shift),
        clip4(m.x * block.bottom + shift),
        convert_cb(l, block.cb, block.cr),
        convert_cr(l, block.cb, block.cr),
    );
}
