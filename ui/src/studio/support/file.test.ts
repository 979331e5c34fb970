import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Bundle, Failure } from '../bridge/bindings';
import { type Maker, SupportFile } from './file.svelte';

const bundle: Bundle = { parts: [{ part: 'report', text: 'all is well\n' }, { part: 'about', text: 'a computer\n' }] };
const saved = { name: 'anchor-support-2026-11-22-2130.txt', folder: '/home/host/Downloads' };
const failed = (code: string): { failed: Failure } => ({ failed: { code, sentence: 'no' } });

/** A file, and what was asked for it; it is made and saved unless `maker` says otherwise. */
function fileOf(maker: Partial<Maker> = {}, of: string | null = null) {
  const asked: (string | null)[] = [];
  const file = new SupportFile(
    {
      makeBundle: async (of) => {
        asked.push(`make ${of}`);
        return { made: bundle };
      },
      saveBundle: async () => {
        asked.push('save');
        return { saved };
      },
      ...maker,
    },
    of,
  );
  return { file, asked };
}

describe('a file for support', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is made, and only then saved', async () => {
    const { file, asked } = fileOf({}, 'b');
    expect(file.next).toBe('make');
    await file.save();
    expect(asked).toEqual([]);
    const made = file.make();
    expect([file.busy, file.next]).toEqual(['making', 'make']);
    await made;
    expect([file.busy, file.next, file.open, file.bundle]).toEqual([null, 'save', 'report', bundle]);
    const saving = file.save();
    expect(file.busy).toBe('saving');
    await saving;
    expect([file.busy, file.next, file.saved]).toEqual([null, 'done', saved]);
    await file.save();
    expect(asked).toEqual(['make b', 'save']);
  });

  it('is not made twice at once', async () => {
    const { file, asked } = fileOf();
    await Promise.all([file.make(), file.make()]);
    await Promise.all([file.save(), file.save()]);
    expect(asked).toEqual(['make null', 'save']);
  });

  it('says why it can’t be made, and is made when that is over', async () => {
    let broken = true;
    const { file } = fileOf({ makeBundle: async () => (broken ? failed('history.unreadable') : { made: bundle }) });
    await file.make();
    expect([file.failure?.code, file.next]).toEqual(['history.unreadable', 'make']);
    broken = false;
    await file.make();
    expect([file.failure, file.next]).toEqual([null, 'save']);
  });

  it('stays to be read and saved again where it can’t be saved', async () => {
    let full = true;
    const { file } = fileOf({ saveBundle: async () => (full ? failed('bundle.unwritable') : { saved }) });
    await file.make();
    await file.save();
    expect([file.failure?.code, file.next, file.bundle]).toEqual(['bundle.unwritable', 'save', bundle]);
    full = false;
    await file.save();
    expect([file.failure, file.next]).toEqual([null, 'done']);
  });

  it('has to be made and read anew where nobody knows what was read', async () => {
    const { file } = fileOf({ saveBundle: async () => failed('bundle.none') });
    await file.make();
    await file.save();
    expect([file.failure?.code, file.next, file.bundle]).toEqual(['bundle.none', 'make', null]);
  });

  it('says so where nobody answers', async () => {
    const { file } = fileOf({ makeBundle: () => new Promise(() => undefined) });
    const made = file.make();
    await vi.advanceTimersByTimeAsync(30_000);
    await made;
    expect([file.failure?.code, file.busy, file.next]).toEqual(['window.no_answer', null, 'make']);
  });

  it('has one part open at a time', async () => {
    const { file } = fileOf();
    await file.make();
    file.toggle('about');
    expect(file.open).toBe('about');
    file.toggle('about');
    expect(file.open).toBeNull();
  });
});
