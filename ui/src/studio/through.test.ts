import { describe, expect, it } from 'vitest';

import { fromHere, isAtCompanion, isPassable } from './through';

describe('the server of one’s own', () => {
  const companion = 'https://Live.example.com:8443';

  it('is known by its host, whatever the port and the way there', () => {
    const there = (url: string) => isAtCompanion(url, companion);
    expect(['rtmp://live.example.com/live', 'rtmps://LIVE.example.com:1936/live', 'srt://live.example.com:9000'].every(there)).toBe(true);
    expect(['rtmp://example.com/live', 'rtmp://live.example.com.evil.example/live', 'rtmp://', ''].some(there)).toBe(false);
    expect(isAtCompanion('rtmp://[::1]:1935/live', 'http://[::1]:8080')).toBe(true);
    expect([isAtCompanion('', ''), isAtCompanion('rtmp://', null)]).toEqual([false, false]);
  });

  it('passes shows on by RTMP, but not to itself', () => {
    const passable = (url: string) => isPassable(url, companion);
    expect(['rtmp://push.example.com/app', 'rtmps://push.example.com/app', 'rtmp://'].every(passable)).toBe(true);
    expect(['srt://push.example.com:9000', 'https://push.example.com/whip', 'rtmp://live.example.com/live', ''].some(passable)).toBe(false);
    expect([isPassable('rtmp://push.example.com/app', null), isPassable('rtmp://push.example.com/app', undefined)]).toEqual([false, false]);
  });

  it('spares the upload the places that it sends to', () => {
    expect(fromHere([{ passed_on: true }, { passed_on: false }, {}])).toEqual([{ passed_on: false }, {}]);
  });
});
