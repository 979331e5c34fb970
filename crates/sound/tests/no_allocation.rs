//! The mixer runs where a wait for memory would be heard: it must not allocate.
// Counting allocations takes a global allocator, whose trait is unsafe.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use media::{AudioBlock, AudioSource};
use sound::{AudioRing, BLOCK, LineFit, Mixer, RATE, Tone, block_time};

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
fn mixing_and_reading_a_ring_allocate_nothing() {
    let (mut mixer, mut tone) = (Mixer::new(2), Tone::new(440.0, -12.0));
    let (mut ring, mut line) = (AudioRing::new(RATE as usize), LineFit::new(f64::from(RATE)));
    let block = |n| AudioBlock::silence(block_time(n), RATE, 2, BLOCK);
    let (mut inputs, mut program) = ([block(0), block(0)], block(0));
    let device = [0.1f32; 2 * BLOCK];
    let mut second = |from: u64| {
        for n in from..from + 100 {
            ring.push(&device, 2);
            line.observe(ring.head(), block_time(n + 1));
            inputs[0].pts = block_time(n);
            inputs[1].pts = block_time(n);
            tone.fill(&mut inputs[0]);
            ring.fill(&mut inputs[1], &line, 0);
            mixer.mix(&mut inputs, &mut program);
        }
    };
    assert_eq!(allocations(|| second(0)), 0);
    assert_eq!(allocations(|| second(100)), 0);
    assert_eq!(allocations(|| drop(vec![1u8])), 1, "the counter counts");
    assert!(mixer.level().rms_db > -20.0);
}
