//! The mixer runs where a wait for memory would be heard: it must not allocate.
// Counting allocations takes a global allocator, whose trait is unsafe.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use media::{AudioBlock, AudioSource};
use sound::{BLOCK, Mixer, Playout, Tone, block_time};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator unchanged; the counter is a plain thread-local cell
// without a destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|n| n.set(n.get() + 1));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(ptr, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn allocations(work: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.with(Cell::get);
    work();
    ALLOCATIONS.with(Cell::get) - before
}

#[test]
fn mixing_and_following_devices_allocate_nothing() {
    let (mut mixer, mut tone) = (Mixer::new(3), Tone::new(440.0, -2.0));
    let mut devices = [(Playout::new(44_100, 1), 441), (Playout::new(96_000, 2), 960)];
    let block = |n| AudioBlock::silence(block_time(n), sound::RATE, 2, BLOCK);
    let (mut inputs, mut program) = ([block(0), block(0), block(0)], block(0));
    let recorded = [0.1f32; 2 * 960];
    let mut second = |from: u64, delay: i64| {
        for n in from..from + 100 {
            program.pts = block_time(n);
            inputs.iter_mut().for_each(|input| input.pts = block_time(n));
            tone.fill(&mut inputs[0]);
            let devices = devices.iter_mut().zip([1u16, 2]);
            for (input, ((playout, period), channels)) in inputs[1..].iter_mut().zip(devices) {
                playout.push(&recorded[..*period * usize::from(channels)], channels);
                playout.arrived(block_time(n + 1));
                playout.fill(input, delay);
            }
            mixer.mix(&mut inputs, &mut program);
            assert!(mixer.inputs().iter().all(|input| input.levels().clipped == 0));
        }
        if delay > 50_000_000 {
            devices.iter_mut().for_each(|(playout, _)| playout.reanchor());
        }
        devices
            .iter()
            .map(|(playout, _)| playout.counters().reanchored)
            .sum::<u64>()
    };
    let mut jumped = 0;
    assert_eq!(allocations(|| jumped = second(0, 40_000_000)), 0);
    // Through jumps as well, and while the limiter works.
    assert_eq!(allocations(|| jumped = second(100, 60_000_000)), 0);
    assert_eq!(allocations(|| jumped = second(200, 200_000_000)), 0);
    assert_eq!(jumped, 4);
    assert_eq!(allocations(|| drop(vec![1u8])), 1, "the counter counts");
    assert!(mixer.level().rms_db > -10.0 && mixer.reduction_db() > 0.5);
}
