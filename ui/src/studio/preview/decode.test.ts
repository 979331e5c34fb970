import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Decoder } from './decode';

/** What images were made, and which addresses are held. */
const made: Fake[] = [];
const held = new Set<string>();

/** jsdom decodes no pictures: this stands for an element that does. */
class Fake {
  src = '';
  fails = false;
  constructor() {
    made.push(this);
  }
  async decode(): Promise<void> {
    if (this.fails) throw new DOMException('no picture', 'EncodingError');
  }
}

beforeEach(() => {
  made.length = 0;
  held.clear();
  vi.stubGlobal('Image', Fake);
  let n = 0;
  vi.spyOn(URL, 'createObjectURL').mockImplementation(() => {
    const url = `blob:${n++}`;
    held.add(url);
    return url;
  });
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation((url) => void held.delete(url));
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const jpeg = () => new Uint8Array(4);

test('elements are used again, and addresses let go of', async () => {
  const decoder = new Decoder();
  for (let n = 0; n < 100; n++) (await decoder.decode(jpeg())).close();
  expect(made).toHaveLength(1);
  expect(made[0]?.src).toBe('blob:99');
  expect(held).toHaveLength(0);
});

test('a picture that is drawn stays as it is while others are decoded', async () => {
  const decoder = new Decoder();
  const [first, second] = [await decoder.decode(jpeg()), await decoder.decode(jpeg())];
  expect(first.image).not.toBe(second.image);
  first.close();
  first.close();
  const [third, fourth] = [await decoder.decode(jpeg()), await decoder.decode(jpeg())];
  expect(third.image).toBe(first.image);
  expect(fourth.image).not.toBe(third.image);
});

test('one that can’t be decoded leaves nothing behind', async () => {
  const decoder = new Decoder();
  (await decoder.decode(jpeg())).close();
  const [element] = made;
  if (element) element.fails = true;
  await expect(decoder.decode(jpeg())).rejects.toThrow('no picture');
  expect(held).toHaveLength(0);
  if (element) element.fails = false;
  (await decoder.decode(jpeg())).close();
  expect(made).toHaveLength(1);
});
