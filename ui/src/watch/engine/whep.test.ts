import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { WhepEngine } from './whep';

const SESSION = 'http://example.net/whep/spring/7';
const sdp = 'm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\na=mid:0\r\n';

class Peer extends EventTarget {
  static made: Peer;
  connectionState: RTCPeerConnectionState = 'new';
  localDescription: { sdp: string } | null = null;
  remote: string | null = null;
  closed = false;
  readonly receivers: { track: string; jitterBufferTarget: number | null }[] = [];

  constructor(readonly configuration: RTCConfiguration) {
    super();
    Peer.made = this;
  }

  addTransceiver(track: string) {
    const receiver = { track, jitterBufferTarget: null };
    this.receivers.push(receiver);
    return { receiver };
  }

  createOffer = async () => ({ sdp });
  setLocalDescription = async (description: { sdp: string }) => void (this.localDescription = description);
  setRemoteDescription = async (description: { sdp: string }) => void (this.remote = description.sdp);
  close = () => void (this.closed = true);

  become(state: RTCPeerConnectionState) {
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }

  gathered(...candidates: string[]) {
    for (const candidate of [...candidates.map((text) => ({ candidate: text })), null]) {
      this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate }));
    }
  }
}

type Asked = RequestInit & { url: string };

let page: EventTarget;
const asked: Asked[] = [];
const told: string[] = [];
const events = {
  ended: (why: string) => void told.push(`ended: ${why}`),
  unfit: (why: string) => void told.push(`unfit: ${why}`),
};
const video = { srcObject: null } as unknown as HTMLVideoElement;

/** Answers each offer as `answer` says, questions for the clock with `clock`, and everything else with success. */
function server(answer: () => Promise<Response>, clock = {}) {
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    asked.push({ url, ...init });
    return init.method === 'POST' ? answer() : Promise.resolve(Response.json(clock));
  });
}

function created(location = '/whep/spring/7') {
  const answer = new Response('the answer', { status: 201, headers: { location } });
  return Object.defineProperty(answer, 'url', { value: 'http://example.net/whep/spring' });
}

function refused(status: number, body: string) {
  return async () => new Response(body, { status });
}

function engine() {
  return new WhepEngine('/whep/spring');
}

const methods = () => asked.map(({ method, url }) => `${method} ${url}`);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('RTCPeerConnection', Peer);
  vi.stubGlobal('MediaStream', class {
    constructor(readonly tracks: string[]) {}
  });
  page = new EventTarget();
  vi.stubGlobal('window', page);
  server(async () => created());
  asked.length = 0;
  told.length = 0;
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a player by WHEP', () => {
  it('offers to receive both at once, and holds back as little as can be', async () => {
    await engine().start(video, events);
    const { configuration, receivers, remote } = Peer.made;
    expect(configuration).toEqual({ bundlePolicy: 'max-bundle' });
    expect(receivers).toEqual(['audio', 'video'].map((track) => ({ track, jitterBufferTarget: 0 })));
    expect(video.srcObject).toEqual({ tracks: ['audio', 'video'] });
    expect(asked).toMatchObject([{ method: 'POST', url: '/whep/spring', body: sdp }]);
    expect(asked[0]?.headers).toMatchObject({ 'content-type': 'application/sdp' });
    expect([remote, told]).toEqual(['the answer', []]);
  });

  it('tells its own addresses in one request while it is connecting', async () => {
    await engine().start(video, events);
    Peer.made.gathered('candidate:1', 'candidate:2', '');
    await vi.advanceTimersByTimeAsync(0);
    expect(methods()).toEqual(['POST /whep/spring', `PATCH ${SESSION}`]);
    expect(asked[1]?.headers).toEqual({ 'content-type': 'application/trickle-ice-sdpfrag' });
    expect(asked[1]?.body).toContain('a=candidate:1\r\na=candidate:2\r\na=end-of-candidates\r\n');
  });

  it('tells nothing once it is connected', async () => {
    await engine().start(video, events);
    Peer.made.become('connected');
    Peer.made.gathered('candidate:1');
    await vi.advanceTimersByTimeAsync(0);
    expect(methods()).toEqual(['POST /whep/spring']);
  });

  it('ends its session when it is stopped, once', async () => {
    const player = engine();
    await player.start(video, events);
    player.stop();
    player.stop();
    expect(methods()).toEqual(['POST /whep/spring', `DELETE ${SESSION}`]);
    expect(asked[1]?.keepalive).toBe(true);
    expect([Peer.made.closed, video.srcObject]).toEqual([true, null]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual([]);
  });

  it('ends its session also when it was stopped before the answer', async () => {
    let answer = (_: Response) => {};
    server(() => new Promise((resolve) => (answer = resolve)));
    const player = engine();
    const started = player.start(video, events);
    await vi.advanceTimersByTimeAsync(0);
    player.stop();
    answer(created());
    await started;
    expect(methods()).toEqual(['POST /whep/spring', `DELETE ${SESSION}`]);
    expect(Peer.made.remote).toBeNull();
  });

  it('ends its session when the page goes away', async () => {
    await engine().start(video, events);
    page.dispatchEvent(new Event('pagehide'));
    page.dispatchEvent(new Event('pagehide'));
    expect(methods()).toEqual(['POST /whep/spring', `DELETE ${SESSION}`]);
    expect(told).toEqual(['ended: the page was left']);
  });

  it('gives up where no connection comes about', async () => {
    await engine().start(video, events);
    Peer.made.become('connecting');
    await vi.advanceTimersByTimeAsync(4999);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(told).toEqual(['ended: no connection']);
  });

  it('gives up a connection that stays silent, and not one that comes back', async () => {
    await engine().start(video, events);
    Peer.made.become('connected');
    await vi.advanceTimersByTimeAsync(60_000);
    Peer.made.become('disconnected');
    await vi.advanceTimersByTimeAsync(2900);
    Peer.made.become('connected');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual([]);
    Peer.made.become('disconnected');
    await vi.advanceTimersByTimeAsync(3000);
    expect(told).toEqual(['ended: disconnected']);
  });

  it.each(['failed', 'closed'] as const)('gives up a connection that is %s', async (state) => {
    await engine().start(video, events);
    Peer.made.become(state);
    expect(told).toEqual([`ended: the connection is ${state}`]);
  });

  it.each([404, 409, 500])('fails where the answer is %d', async (status) => {
    server(refused(status, '{"code":"not_found","message":"There is no such stream."}'));
    await expect(engine().start(video, events)).rejects.toThrow(`answered ${status}, not_found`);
    expect(told).toEqual([]);
  });

  it.each([406, 415, 503])('leads nowhere where the answer is %d', async (status) => {
    server(refused(status, '<html>'));
    await engine().start(video, events);
    expect(told).toEqual([`unfit: answered ${status}`]);
  });

  it('plays what comes from a server that names no session', async () => {
    server(async () => new Response('the answer', { status: 201 }));
    const player = engine();
    await player.start(video, events);
    player.stop();
    expect([Peer.made.remote, methods()]).toEqual(['the answer', ['POST /whep/spring']]);
  });

  it('knows when a picture was taken once the server said where its clock is', async () => {
    server(async () => created(), { rtp: 90_000, utc: 1_000, estimated: false });
    const player = engine();
    await player.start(video, events);
    const frame = { mediaTime: 3, at: 1500, rtp: 180_000 };
    expect(player.pictureTime(frame)).toBeNull();
    Peer.made.become('connected');
    player.tick(10);
    await vi.waitFor(() => expect(player.pictureTime(frame)).toEqual({ utc: 2_000, estimated: false }));
    expect(player.pictureTime({ ...frame, rtp: null })).toBeNull();
  });
});
