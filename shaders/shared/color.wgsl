// From the source's Y'CbCr to the program's (BT.709, limited range): one affine map for matrix and range.
// A grey stays a grey, so chroma takes nothing from luma; luma takes from chroma what the matrices differ by.

fn convert_cb(l: u32, cb: vec2f, cr: vec2f) -> vec2f {
    let m = params.layers[l].cb;
    return m.x * cb + m.y * cr + m.z;
}

fn convert_cr(l: u32, cb: vec2f, cr: vec2f) -> vec2f {
    let m = params.layers[l].cr;
    return m.x * cb + m.y * cr + m.z;
}

fn convert(l: u32, block: Block) -> Block {
    let m = params.layers[l].luma;
    // One chroma sample serves two columns and both rows.
    let shift = (m.y * block.cb + m.z * block.cr + m.w).xxyy;
    return Block(
        m.x * block.top + shift,
        m.x * block.bottom + shift,
        convert_cb(l, block.cb, block.cr),
        convert_cr(l, block.cb, block.cr),
    );
}
