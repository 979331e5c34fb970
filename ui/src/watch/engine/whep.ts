import type { PictureTime } from '../delay';
import type { Frame } from '../frames';
import type { Engine, EngineEvents } from './engine';
import { RtpClock } from './rtpclock';
import { fragment, wantStereo } from './sdp';
import { Unfit, askClock, leave, offer, trickle } from './signalling';

/** Milliseconds within which there must be a connection: where UDP is held up, there never is. */
const CONNECTS_WITHIN = 5000;
/** Milliseconds after which a connection that went silent is given up. */
const SILENT_FOR = 3000;

/** Whether the browser speaks WebRTC. */
export function canPlayWhep(): boolean {
  return 'RTCPeerConnection' in window;
}

/** WHEP: pictures and sound over WebRTC, shown as soon as they come. */
export class WhepEngine implements Engine {
  readonly protocol = 'whep';
  /** A video element that plays a live connection never waits. */
  readonly tellsStalls = false;
  #peer: RTCPeerConnection | null = null;
  #video: HTMLVideoElement | null = null;
  #session: string | null = null;
  #stopped = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #onPageHide = () => {};
  readonly #clock = new RtpClock();

  constructor(private readonly url: string) {}

  async start(video: HTMLVideoElement, events: EngineEvents): Promise<void> {
    const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    this.#peer = peer;
    this.#video = video;
    video.srcObject = new MediaStream(receivers(peer).map(({ track }) => track));
    this.#endAfter(CONNECTS_WITHIN, 'no connection', events);
    peer.addEventListener('connectionstatechange', () => this.#onState(peer.connectionState, events));
    this.#onPageHide = () => {
      this.stop();
      events.ended('the page was left');
    };
    window.addEventListener('pagehide', this.#onPageHide);
    try {
      await this.#connect(peer);
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      events.unfit(error.message);
    }
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#timer);
    window.removeEventListener('pagehide', this.#onPageHide);
    this.#peer?.close();
    this.#leave();
    if (this.#video !== null) this.#video.srcObject = null;
    this.#video = null;
  }

  /** What plays is the newest there is; the browser keeps the distance. */
  tick(now: number): void {
    const connected = this.#peer?.connectionState === 'connected';
    if (connected && this.#session !== null && this.#clock.isDue(now)) {
      void askClock(this.#session).then((answer) => this.#clock.take(answer));
    }
  }

  stalled(): void {}

  toLiveEdge(): void {}

  /** The server says which moment an RTP timestamp stands for. */
  pictureTime({ rtp }: Frame): PictureTime | null {
    return rtp === null ? null : this.#clock.at(rtp);
  }

  /** The offer goes out before the browser knows its own addresses: the server learns those when it is called. */
  async #connect(peer: RTCPeerConnection): Promise<void> {
    const gathered = gather(peer);
    const { sdp = '' } = await peer.createOffer();
    await peer.setLocalDescription({ type: 'offer', sdp: wantStereo(sdp) });
    const signal = AbortSignal.timeout(CONNECTS_WITHIN);
    const answer = await offer(this.url, peer.localDescription?.sdp ?? '', signal);
    this.#session = answer.session;
    if (this.#stopped) return this.#leave();
    await peer.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
    void gathered.then((candidates) => this.#trickle(peer, candidates));
  }

  #trickle(peer: RTCPeerConnection, candidates: readonly string[]): void {
    const connecting = peer.connectionState === 'new' || peer.connectionState === 'connecting';
    if (this.#session === null || !connecting) return;
    const body = fragment(peer.localDescription?.sdp ?? '', candidates);
    if (body !== null) trickle(this.#session, body);
  }

  #onState(state: RTCPeerConnectionState, events: EngineEvents): void {
    if (state === 'connected') clearTimeout(this.#timer);
    if (state === 'disconnected') this.#endAfter(SILENT_FOR, 'disconnected', events);
    if (state === 'failed' || state === 'closed') events.ended(`the connection is ${state}`);
  }

  #endAfter(ms: number, why: string, events: EngineEvents): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => events.ended(why), ms);
  }

  #leave(): void {
    if (this.#session !== null) leave(this.#session);
    this.#session = null;
  }
}

/** Receivers of one sound and one picture, which hold back as little as the browser can. */
function receivers(peer: RTCPeerConnection): RTCRtpReceiver[] {
  return ['audio', 'video'].map((kind) => {
    const { receiver } = peer.addTransceiver(kind, { direction: 'recvonly' });
    if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = 0;
    return receiver;
  });
}

/** All the browser's own addresses, once it knows them. */
function gather(peer: RTCPeerConnection): Promise<string[]> {
  const candidates: string[] = [];
  return new Promise((gathered) => {
    peer.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate === null) gathered(candidates);
      else if (candidate.candidate !== '') candidates.push(candidate.candidate);
    });
  });
}
