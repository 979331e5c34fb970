import { describe, expect, it } from 'vitest';

import { Line, readJoin } from './line';
import { type Tag, TagReader, elapsed, join, writeTimestamp } from './tags';

const header = new Uint8Array([0x46, 0x4c, 0x56, 1, 5, 0, 0, 0, 9, 0, 0, 0, 0]);
const both = { audio: true, video: true };

/** The bytes of a tag with `body`, as a server writes it. */
function bytesOf(type: number, timestamp: number, body: number[]): Uint8Array {
  const tag = new Uint8Array(11 + body.length + 4);
  const view = new DataView(tag.buffer);
  view.setUint32(0, body.length);
  tag[0] = type;
  writeTimestamp(tag, timestamp >>> 0);
  tag.set(body, 11);
  view.setUint32(11 + body.length, 11 + body.length);
  return tag;
}

const script = bytesOf(18, 0, [2, 0, 1, 0x61, 5]);
const videoHeader = (t: number) => bytesOf(9, t, [0x17, 0, 0, 0, 0, 1]);
const video = (t: number) => bytesOf(9, t, [0x17, 1, 0, 0, 0, 9]);
const audioHeader = (t: number) => bytesOf(8, t, [0xaf, 0, 0x12, 0x10]);
const audio = (t: number) => bytesOf(8, t, [0xaf, 1, 0x21]);

function tags(...parts: Uint8Array[]): Tag[] {
  return new TagReader().push(join([header, ...parts]));
}

/** The timestamps in what is handed to the player. */
function timestamps(bytes: Uint8Array | null): number[] {
  return bytes === null ? [] : new TagReader().push(join([header, bytes])).map((tag) => tag.timestamp);
}

describe('a tag reader', () => {
  it('cuts whole tags however the bytes come', () => {
    const stream = join([header, script, videoHeader(5), video(5), audio(7)]);
    for (const size of [1, 7, 13, 1000]) {
      const reader = new TagReader();
      const read: Tag[] = [];
      for (let at = 0; at < stream.length; at += size) read.push(...reader.push(stream.subarray(at, at + size)));
      expect(read.map(({ kind, timestamp, media }) => [kind, timestamp, media])).toEqual([
        ['script', 0, false],
        ['video', 5, false],
        ['video', 5, true],
        ['audio', 7, true],
      ]);
      expect(join([header, ...read.map((tag) => tag.bytes)])).toEqual(stream);
      expect(reader.tracks).toEqual(both);
    }
  });

  it('knows media from configuration in Enhanced FLV', () => {
    const media = (body: number[], type = 9) => tags(bytesOf(type, 0, [...body, 0x68, 0x76, 0x63, 0x31, 0]))[0]?.media;
    expect([media([0x90]), media([0x91]), media([0x93]), media([0x90], 8), media([0x91], 8)]).toEqual([
      false, true, true, false, true,
    ]);
  });

  it('refuses what is no FLV and what is too large', () => {
    expect(() => new TagReader().push(new TextEncoder().encode('<!doctype html>'))).toThrow('not an FLV');
    const huge = new Uint8Array([...header, 9, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0]);
    expect(() => new TagReader().push(huge)).toThrow('too large');
  });
});

describe('timestamps', () => {
  it('wrap at 2^32 ms', () => {
    expect(elapsed(0xffff_fff0, 0x10)).toBe(0x20);
    expect(elapsed(0x10, 0xffff_fff0)).toBe(-0x20);
  });
});

describe('a line', () => {
  it('holds the opening until each track has begun, and begins with the smallest', () => {
    const line = new Line();
    expect(line.take(tags(script, videoHeader(1000), audioHeader(1000), video(1000)), both)).toBeNull();
    expect(timestamps(line.take(tags(video(1033), audio(990)), both))).toEqual([0, 10, 10, 10, 43, 0]);
    expect(line.origin).toBe(990);
    expect(timestamps(line.take(tags(audio(1011)), both))).toEqual([21]);
  });

  it('does not wait for long for a track that was announced and never comes', () => {
    const line = new Line();
    expect(line.take(tags(video(0), video(1400)), both)).toBeNull();
    expect(timestamps(line.take(tags(video(1500)), both))).toEqual([0, 1400, 1500]);
  });

  it('does not wait at all for a track that was not announced', () => {
    expect(timestamps(new Line().take(tags(video(70)), { audio: false, video: true }))).toEqual([0]);
  });

  it('goes over the wrap', () => {
    const line = new Line();
    expect(timestamps(line.take(tags(video(0xffff_fff0), audio(0xffff_fff5), video(0x10)), both))).toEqual([0, 5, 32]);
  });

  it('breaks off where another line begins', () => {
    for (const jump of [0, 90_000]) {
      const line = new Line();
      line.take(tags(video(50_000), audio(50_000)), both);
      expect(() => line.take(tags(video(jump)), both)).toThrow('step');
    }
  });

  it('tells when a picture was taken', () => {
    const line = new Line();
    line.take(tags(video(1000), audio(990)), both);
    const note = { utc: 5_000_000_000, timestamp: 1000, estimated: false, synchronised: true, known: true };
    expect(line.pictureTime(note, 2.01)).toEqual({ utc: 5_002_000, estimated: false });
    expect(line.pictureTime({ ...note, estimated: true }, 0)?.estimated).toBe(true);
    expect(line.pictureTime({ ...note, synchronised: false }, 0)?.estimated).toBe(true);
    expect(line.pictureTime({ ...note, known: false }, 0)).toBeNull();
    expect(line.pictureTime(null, 0)).toBeNull();
    expect(new Line().pictureTime(note, 0)).toBeNull();
  });
});

describe('the server’s note', () => {
  it('is read, and nothing else is taken for it', () => {
    const note = { utc: 1, timestamp: 2, estimated: false, synchronised: true, known: true };
    expect(readJoin({ anchorJoin: note })).toEqual(note);
    expect(readJoin({ anchorJoin: { utc: 1, timestamp: 2 } })?.known).toBe(false);
    for (const other of [null, 7, {}, { onMetaData: {} }, { anchorJoin: null }, { anchorJoin: { utc: 'x' } }]) {
      expect(readJoin(other)).toBeNull();
    }
  });
});
