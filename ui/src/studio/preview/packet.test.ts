import { describe, expect, it } from 'vitest';

import { parsePacket } from './packet';

const header = { n: 3, l: 1, tick: 90, on_air: 'host', covered: false, width: 16, height: 16, tiles: [] };

function message(json: string, jpeg: number[] = [], length?: number): ArrayBuffer {
  const text = new TextEncoder().encode(json);
  const bytes = new Uint8Array(4 + text.length + jpeg.length);
  new DataView(bytes.buffer).setUint32(0, length ?? text.length, true);
  bytes.set(text, 4);
  bytes.set(jpeg, 4 + text.length);
  return bytes.buffer;
}

describe('a message of the preview', () => {
  it('is a header and a JPEG', () => {
    const packet = parsePacket(message(JSON.stringify(header), [0xff, 0xd8, 0xff]));
    expect(packet?.header).toEqual(header);
    expect([...(packet?.jpeg ?? [])]).toEqual([0xff, 0xd8, 0xff]);
  });

  it('may hold names in any script', () => {
    expect(parsePacket(message(JSON.stringify({ ...header, on_air: '主播' })))?.header.on_air).toBe('主播');
  });

  it('is refused when it is none', () => {
    expect(parsePacket(new ArrayBuffer(0))).toBeNull();
    expect(parsePacket(new ArrayBuffer(3))).toBeNull();
    expect(parsePacket(message('{}'))).toBeNull();
    expect(parsePacket(message('null'))).toBeNull();
    expect(parsePacket(message('{"n":'))).toBeNull();
    expect(parsePacket(message(JSON.stringify(header), [], 0xffff_ffff))).toBeNull();
    expect(parsePacket(message(JSON.stringify(header), [], 5000))).toBeNull();
  });
});
