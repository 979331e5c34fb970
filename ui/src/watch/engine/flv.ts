import type Mpegts from 'mpegts.js';

import type { PictureTime } from '../delay';
import type { Frame } from '../frames';
import type { Pace } from '../pace';
import { type Engine, type EngineEvents, ahead, behindHole, jump } from './engine';
import { type Join, Line, readJoin } from './line';
import { TagReader, join } from './tags';

type Library = typeof Mpegts;

/** Seconds beyond what is aimed at that are jumped over where the picture is interrupted anyway. */
const JUMP_WHEN_ASKED = 0.3;

/** Whether the browser can be handed media piece by piece, which this way needs. */
export function canPlayFlv(): boolean {
  const scope = window as { ManagedMediaSource?: typeof MediaSource };
  const source = window.MediaSource ?? scope.ManagedMediaSource;
  return source?.isTypeSupported('video/mp4; codecs="avc1.64001f,mp4a.40.2"') ?? false;
}

/** Loads the player. */
export async function loadFlv(): Promise<Library> {
  return (await import('mpegts.js')).default;
}

/** HTTP-FLV by mpegts.js. */
export class FlvEngine implements Engine {
  readonly protocol = 'flv';
  readonly tellsStalls = true;
  readonly #line = new Line();
  #note: Join | null = null;
  #player: Mpegts.Player | null = null;
  #video: HTMLVideoElement | null = null;
  #stopped = false;
  readonly #abort = new AbortController();

  /** `pace` outlives the connection: what was learnt of the network stays. */
  constructor(
    private readonly url: string,
    private readonly pace: Pace,
  ) {}

  async start(video: HTMLVideoElement, events: EngineEvents): Promise<void> {
    // The show comes while the player is still on its way.
    const answer = fetch(this.url, { cache: 'no-store', signal: this.#abort.signal });
    answer.catch(() => undefined);
    const library = await loadFlv();
    if (this.#stopped) return;
    library.LoggingControl.applyConfig({ enableAll: false, enableError: true, enableWarn: true });
    const player = library.createPlayer(
      { type: 'flv', isLive: true, url: new URL(this.url, location.href).href },
      this.#config(library, answer),
    );
    this.#player = player;
    this.#video = video;
    player.on(library.Events.SCRIPTDATA_ARRIVED, (script: unknown) => {
      this.#note = readJoin(script) ?? this.#note;
    });
    player.on(library.Events.ERROR, (...why: unknown[]) => events.ended(why.map(String).join(' ')));
    player.on(library.Events.LOADING_COMPLETE, () => {
      if (!this.#playsOn()) events.ended('end of stream');
    });
    // What can't be decoded the library doesn't tell.
    video.onerror = () => events.ended(`the video element failed: ${video.error?.message ?? ''}`);
    this.pace.connected();
    player.attachMediaElement(video);
    player.load();
  }

  stop(): void {
    this.#stopped = true;
    this.#abort.abort();
    if (this.#video !== null) this.#video.onerror = null;
    this.#player?.destroy();
    this.#player = null;
    this.#video = null;
  }

  tick(now: number): void {
    const video = this.#video;
    if (video === null || video.seeking || video.readyState < video.HAVE_CURRENT_DATA) return;
    const behind = behindHole(video.buffered, video.currentTime);
    if (behind !== null) video.currentTime = behind;
    const step = this.pace.step(now, ahead(video));
    if (step.jumpTo !== null) jump(video, step.jumpTo);
    if (video.playbackRate !== step.rate) video.playbackRate = step.rate;
  }

  stalled(now: number): void {
    this.pace.stalled(now);
  }

  toLiveEdge(): void {
    const video = this.#video;
    if (video !== null && ahead(video) > this.pace.target + JUMP_WHEN_ASKED) jump(video, this.pace.target);
  }

  pictureTime({ mediaTime }: Frame): PictureTime | null {
    return this.#line.pictureTime(this.#note, mediaTime);
  }

  /** Whether what has arrived is played to its end, which the video element tells. */
  #playsOn(): boolean {
    return this.#video !== null && !this.#video.paused && ahead(this.#video) > 0;
  }

  /** No media is held back to be played smoothly later: {@link Pace} keeps the distance. */
  #config(library: Library, answer: Promise<Response>): Mpegts.Config {
    return {
      customLoader: loaderClass(library, this.#line, answer),
      enableStashBuffer: false,
      lazyLoad: false,
      liveSync: false,
      liveBufferLatencyChasing: false,
      autoCleanupSourceBuffer: true,
      autoCleanupMaxBackwardDuration: 20,
      autoCleanupMinBackwardDuration: 8,
    };
  }
}

/** A loader for mpegts.js that hands it the whole tags of `answer`, on the line of `line`. */
function loaderClass(library: Library, line: Line, answer: Promise<Response>): Mpegts.CustomLoaderConstructor {
  return class TagLoader extends library.BaseLoader {
    #aborted = false;
    #body: ReadableStreamDefaultReader<Uint8Array> | null = null;
    readonly #reader = new TagReader();
    #handed = 0;

    constructor() {
      super('anchor-tags');
      this._needStash = false;
    }

    override destroy(): void {
      this.abort();
      super.destroy();
    }

    override abort(): void {
      this.#aborted = true;
      this.#body?.cancel().catch(() => undefined);
      this._status = library.LoaderStatus.kComplete;
    }

    override open(): void {
      this._status = library.LoaderStatus.kConnecting;
      this.#load().catch((error: unknown) => {
        if (this.#aborted) return;
        this._status = library.LoaderStatus.kError;
        this.onError?.(library.LoaderErrors.EXCEPTION as unknown as Mpegts.LoaderErrors, { code: -1, msg: String(error) });
      });
    }

    async #load(): Promise<void> {
      const { ok, status, body: stream } = await answer;
      if (!ok || stream === null) throw new Error(`answered ${status}`);
      this._status = library.LoaderStatus.kBuffering;
      const body = (this.#body = stream.getReader());
      for (let part = await body.read(); !part.done; part = await body.read()) this.#take(part.value);
      this._status = library.LoaderStatus.kComplete;
      this.onComplete?.(0, this.#handed - 1);
    }

    #take(bytes: Uint8Array): void {
      const tags = line.take(this.#reader.push(bytes), this.#reader.tracks);
      if (tags === null || this.#aborted) return;
      const header = this.#handed === 0 ? this.#reader.header : null;
      const chunk = header === null ? tags : join([header, tags]);
      const at = this.#handed;
      this.#handed += chunk.length;
      this.onDataArrival?.(chunk.buffer, at, this.#handed);
    }
  };
}
