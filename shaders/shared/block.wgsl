// A block: 4x2 pixels, what one invocation draws. It owns whole words of the program, so that no two
// invocations write the same one. All values are code values, 0 to 255, not rounded.

struct Block {
    top: vec4f,
    bottom: vec4f,
    cb: vec2f,
    cr: vec2f,
}

// How much of a layer is seen: for each luma sample and each chroma sample, 0 to 1.
struct Alpha {
    top: vec4f,
    bottom: vec4f,
    chroma: vec2f,
}

fn unpack(word: u32) -> vec4f {
    return vec4f(vec4u(word, word >> 8u, word >> 16u, word >> 24u) & vec4u(255u));
}

// Rounds to the nearest code value.
fn pack(value: vec4f) -> u32 {
    let v = vec4u(clamp(value, vec4f(0.0), vec4f(255.0)) + vec4f(0.5));
    return v.x | (v.y << 8u) | (v.z << 16u) | (v.w << 24u);
}

fn solid() -> Block {
    return Block(vec4f(params.solid.x), vec4f(params.solid.x), vec2f(params.solid.y), vec2f(params.solid.z));
}

// A block of the program that begins `offset` words behind this dispatch's own.
fn block_behind(offset: u32, at: vec2u) -> Block {
    let row = params.program.z + offset + 2u * at.y * params.program.x + at.x;
    let chroma = unpack(program[params.program.y + offset + at.y * params.program.x + at.x]);
    return Block(unpack(program[row]), unpack(program[row + params.program.x]), chroma.xz, chroma.yw);
}

fn program_block(at: vec2u) -> Block {
    return block_behind(0u, at);
}

// The program on its way to the one behind it.
fn faded(at: vec2u) -> Block {
    let part = params.solid.w;
    return blend(program_block(at), block_behind(params.program.w, at), Alpha(vec4f(part), vec4f(part), vec2f(part)));
}

fn store(at: vec2u, block: Block) {
    let row = params.program.z + 2u * at.y * params.program.x + at.x;
    program[row] = pack(block.top);
    program[row + params.program.x] = pack(block.bottom);
    let chroma = vec4f(block.cb.x, block.cr.x, block.cb.y, block.cr.y);
    program[params.program.y + at.y * params.program.x + at.x] = pack(chroma);
}

// below + alpha * (above - below)
fn blend(below: Block, above: Block, alpha: Alpha) -> Block {
    return Block(
        below.top + alpha.top * (above.top - below.top),
        below.bottom + alpha.bottom * (above.bottom - below.bottom),
        below.cb + alpha.chroma * (above.cb - below.cb),
        below.cr + alpha.chroma * (above.cr - below.cr),
    );
}

// The layer's opacity, and nothing outside its columns; pairs of pixels, since edges are even.
fn coverage(l: u32, at: vec2u) -> Alpha {
    let x = vec2i(4 * i32(at.x)) + vec2i(0, 2);
    let span = params.layers[l].span;
    let inside = (x >= vec2i(span.x)) & (x < vec2i(span.y));
    let a = select(vec2f(0.0), vec2f(params.layers[l].cb.w), inside);
    return Alpha(a.xxyy, a.xxyy, a);
}

// The same for a rectangle turned to any angle, its edges one pixel soft.
fn coverage_turned(l: u32, at: vec2u) -> Alpha {
    let x = f32(4u * at.x) + vec4f(0.0, 1.0, 2.0, 3.0);
    let y = f32(2u * at.y);
    let u = params.layers[l].across;
    let v = params.layers[l].down;
    let along = u.x * x + u.y * y + u.z;
    let beside = v.x * x + v.y * y + v.z;
    let opacity = params.layers[l].cb.w;
    let top = opacity * saturate(u.w - abs(along)) * saturate(v.w - abs(beside));
    let bottom = opacity * saturate(u.w - abs(along + u.y)) * saturate(v.w - abs(beside + v.y));
    let sum = top + bottom;
    return Alpha(top, bottom, 0.25 * (sum.xz + sum.yw));
}

fn both(a: Alpha, b: Alpha) -> Alpha {
    return Alpha(a.top * b.top, a.bottom * b.bottom, a.chroma * b.chroma);
}
