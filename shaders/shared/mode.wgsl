// Blend modes, on the program's R'G'B' (0 to 1), channel by channel. One formula holds them all:
//   below * m.x + above * m.y + below * above * m.z + |below - above| * m.w, held within 0 and 1
// The result stands in for the layer's own colour and is then laid over what is below by the layer's alpha.

// Two rows of one channel.
struct Channel {
    top: vec4f,
    bottom: vec4f,
}

// A channel of a block: luma and what its chroma adds, both in parts of the whole range.
fn channel(block: Block, chroma: vec2f) -> Channel {
    let shift = (chroma - 16.0 / 219.0).xxyy;
    return Channel(saturate(block.top / 219.0 + shift), saturate(block.bottom / 219.0 + shift));
}

fn mode_row(m: vec4f, below: vec4f, above: vec4f) -> vec4f {
    return saturate(m.x * below + m.y * above + m.z * below * above + m.w * abs(below - above));
}

fn mode_channel(m: vec4f, below: Channel, above: Channel) -> Channel {
    return Channel(mode_row(m, below.top, above.top), mode_row(m, below.bottom, above.bottom));
}

// What each of a block's chroma samples adds to red, green and blue: BT.709, from code values.
fn red_of(block: Block) -> vec2f {
    return (1.5748 / 224.0) * (block.cr - 128.0);
}

fn blue_of(block: Block) -> vec2f {
    return (1.8556 / 224.0) * (block.cb - 128.0);
}

fn green_of(block: Block) -> vec2f {
    return (-0.187324 / 224.0) * (block.cb - 128.0) - (0.468124 / 224.0) * (block.cr - 128.0);
}

fn mean_of(c: Channel) -> vec2f {
    let sum = c.top + c.bottom;
    return 0.25 * (sum.xz + sum.yw);
}

fn mixed(l: u32, below: Block, above: Block) -> Block {
    let m = params.layers[l].mode;
    let r = mode_channel(m, channel(below, red_of(below)), channel(above, red_of(above)));
    let g = mode_channel(m, channel(below, green_of(below)), channel(above, green_of(above)));
    let b = mode_channel(m, channel(below, blue_of(below)), channel(above, blue_of(above)));
    let top = 0.2126 * r.top + 0.7152 * g.top + 0.0722 * b.top;
    let bottom = 0.2126 * r.bottom + 0.7152 * g.bottom + 0.0722 * b.bottom;
    let luma = mean_of(Channel(top, bottom));
    let cb = 128.0 + (224.0 / 1.8556) * (mean_of(b) - luma);
    let cr = 128.0 + (224.0 / 1.5748) * (mean_of(r) - luma);
    // A layer of the normal mode keeps even those colours that R'G'B' doesn't have.
    let on = params.layers[l].cr.w > 0.5;
    return Block(
        select(above.top, 16.0 + 219.0 * top, on),
        select(above.bottom, 16.0 + 219.0 * bottom, on),
        select(above.cb, cb, on),
        select(above.cr, cr, on),
    );
}
