// The kernel: one invocation draws one block of 4x2 pixels. The assembler puts in what the scene's structure
// asks for at the four marks: the functions in use, the workgroup's size, the block below all layers, and one
// step for each layer, lowest first.
#import shared/params.wgsl
#import shared/block.wgsl
$FUNCTIONS

@compute @workgroup_size($WORKGROUP)
fn compose(@builtin(global_invocation_id) id: vec3u) {
    let at = id.xy + params.area.xy;
    if (at.x >= params.area.z || at.y >= params.area.w) {
        return;
    }
    var block = $BASE;
    $STEPS
    store(at, block);
}
