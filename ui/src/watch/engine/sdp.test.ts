import { describe, expect, it } from 'vitest';

import { fragment, wantStereo } from './sdp';

/** What matters here of an offer as Chromium 156 makes it. */
const description = [
  'v=0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 9',
  'a=ice-ufrag:OouH',
  'a=ice-pwd:XSwke09CGheeokVOAPlZJciG',
  'a=mid:0',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 minptime=10;useinbandfec=1',
  'm=video 9 UDP/TLS/RTP/SAVPF 102',
  'a=ice-ufrag:OouH',
  'a=mid:1',
  'a=fmtp:102 packetization-mode=1',
  '',
].join('\r\n');

describe('a fragment', () => {
  const candidate = 'candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host';

  it('tells of all candidates at the first medium', () => {
    expect(fragment(description, [candidate])).toBe(
      [
        'a=ice-ufrag:OouH',
        'a=ice-pwd:XSwke09CGheeokVOAPlZJciG',
        'm=audio 9 UDP/TLS/RTP/SAVPF 111 9',
        'a=mid:0',
        `a=${candidate}`,
        'a=end-of-candidates',
        '',
      ].join('\r\n'),
    );
    expect(fragment(description, [])).toContain('a=mid:0\r\na=end-of-candidates\r\n');
  });

  it('is not made of half a description', () => {
    expect(fragment('v=0\r\n', [candidate])).toBeNull();
  });
});

describe('the wish for stereo', () => {
  it('goes to the sound alone', () => {
    const wanted = wantStereo(description);
    expect(wanted).toContain('\r\na=fmtp:111 minptime=10;useinbandfec=1;stereo=1\r\n');
    expect(wanted.replace(';stereo=1', '')).toBe(description);
  });

  it('is said once', () => {
    const wanted = wantStereo(description);
    expect(wantStereo(wanted)).toBe(wanted);
    const first = description.replace('minptime=10', 'stereo=1');
    expect(wantStereo(first)).toBe(first);
  });

  it('has no place where there is no such sound', () => {
    expect(wantStereo('v=0\r\n')).toBe('v=0\r\n');
  });
});
