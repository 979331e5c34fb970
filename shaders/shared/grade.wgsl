// Colour correction: one affine map on the program's Y'CbCr, behind key and despill. Exposure, contrast, white
// balance and saturation are all in its twelve numbers (crates/compositor/src/grade.rs). A chroma sample takes
// the mean of the four luma samples that it belongs to.

fn grade(l: u32, block: Block) -> Block {
    let y = params.layers[l].grade_y;
    let b = params.layers[l].grade_cb;
    let r = params.layers[l].grade_cr;
    let shift = (y.y * block.cb + y.z * block.cr + y.w).xxyy;
    let sum = block.top + block.bottom;
    let mean = 0.25 * (sum.xz + sum.yw);
    return Block(
        clip4(y.x * block.top + shift),
        clip4(y.x * block.bottom + shift),
        clip2(b.x * mean + b.y * block.cb + b.z * block.cr + b.w),
        clip2(r.x * mean + r.y * block.cb + r.z * block.cr + r.w),
    );
}
