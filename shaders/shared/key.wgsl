// Chroma key and despill, on the program's chroma.
//
// d² = (Cb - keyCb)² + (Cr - keyCr)². Squared distances throughout: no square root.
//   alpha = clamp((d² - inner²) / (outer² - inner²), 0, 1)

fn key_alpha(l: u32, cb: vec2f, cr: vec2f) -> vec2f {
    let k = params.layers[l].key;
    let x = cb - k.x;
    let y = cr - k.y;
    return saturate((x * x + y * y - k.z) * k.w);
}

// Light thrown back by the screen tints what stands before it. The part of a colour that points from grey
// towards the screen's colour is taken out, fully at the key's inner radius, less with the distance. Colours
// that point elsewhere (skin does) stay as they are.
fn despill(l: u32, block: Block) -> Block {
    let k = params.layers[l].key;
    let s = params.layers[l].spill;
    let x = block.cb - k.x;
    let y = block.cr - k.y;
    let near = saturate(1.0 - (x * x + y * y - s.z) * s.w);
    let tint = near * max((block.cb - 128.0) * s.x + (block.cr - 128.0) * s.y, vec2f(0.0));
    return Block(block.top, block.bottom, clip2(block.cb - tint * s.x), clip2(block.cr - tint * s.y));
}

// Alpha of the luma samples between two chroma samples (they stand on the even columns): nearer to the side
// whose luma is more alike, so that the matte's edge falls on the picture's edge.
fn raise(a: vec2f, b: vec2f, left: vec2f, middle: vec2f, right: vec2f) -> vec2f {
    let from_left = abs(middle - left) + 1.0;
    let from_right = abs(right - middle) + 1.0;
    return a + (b - a) * (from_left / (from_left + from_right));
}
