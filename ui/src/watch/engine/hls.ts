import type Hls from 'hls.js';
import type { FragBufferedData, HlsConfig, LevelDetails } from 'hls.js';

import type { PictureTime } from '../delay';
import type { Frame } from '../frames';
import { beginning } from './beginning';
import { type Engine, type EngineEvents, jump } from './engine';
import { Pieces, played } from './pieces';

/** Seconds later than aimed at that are jumped over rather than played off faster. */
const JUMP_BEYOND = 2;
/** The same where the picture is interrupted anyway. */
const JUMP_WHEN_ASKED = 0.5;

/** A stall doesn't make the delay larger for good. What was played is removed by the engine. */
const config: Partial<HlsConfig> = {
  enableWorker: false,
  lowLatencyMode: true,
  maxLiveSyncPlaybackRate: 1.15,
  liveSyncOnStallIncrease: 0,
  backBufferLength: Infinity,
  maxBufferLength: 8,
  startFragPrefetch: true,
  testBandwidth: false,
};

/** Loads the player. */
export async function loadHls(): Promise<typeof Hls> {
  return (await import('hls.js')).default;
}

/**
 * Where the library would begin three parts before the edge, for which all parts since the key frame have to come first, this
 * begins at a key frame: one part makes a picture. What is too late by that is caught up with.
 */
function fromKeyFrame(Library: typeof Hls) {
  return class extends Library.DefaultConfig.streamController {
    #begun = false;

    protected override setStartPosition(details: LevelDetails, sliding: number): void {
      super.setStartPosition(details, sliding);
      const at = this.#begun || !details.live ? null : beginning(details.partList ?? [], details.edge);
      this.#begun = true;
      if (at !== null) this.startPosition = this.nextLoadPosition = this.lastCurrentTime = at;
    }
  };
}

/** Seconds of sound that a picture waits for. */
const SOUND_FIRST = 0.4;

/** Fetches the sound from `at` on into the browser's cache: the library asks for it only when the first picture is there. */
function fetchAhead({ partList, live }: LevelDetails, at: number): void {
  if (!live || at < 0) return;
  const first = partList?.filter(({ start, end }) => end > at && start < at + SOUND_FIRST) ?? [];
  for (const { url } of first) fetch(url).catch(() => undefined);
}

/** Low-latency HLS by hls.js. */
export class HlsEngine implements Engine {
  readonly protocol = 'll-hls';
  readonly tellsStalls = true;
  #hls: Hls | null = null;
  #video: HTMLVideoElement | null = null;
  #stopped = false;
  readonly #pieces = new Pieces();
  /** From where on there is media of each, in seconds of the video element. */
  readonly #removed: { audio?: number; video?: number } = {};

  /** `estimated` tells whether the times in the playlists are the server's guess. */
  constructor(
    private readonly url: string,
    private readonly estimated: () => boolean,
  ) {}

  async start(video: HTMLVideoElement, events: EngineEvents): Promise<void> {
    const Library = await loadHls();
    if (this.#stopped) return;
    if (!Library.isSupported()) throw new Error('no media source');
    const hls = new Library({ ...config, streamController: fromKeyFrame(Library) });
    this.#hls = hls;
    this.#video = video;
    hls.on(Library.Events.ERROR, (_, error) => {
      if (error.fatal) events.ended(error.details);
    });
    hls.on(Library.Events.FRAG_BUFFERED, (_, buffered) => {
      this.#note(buffered);
      const type = buffered.frag.type === 'audio' ? 'audio' : 'video';
      const range = this.#follows(buffered) ? null : this.#played(type);
      if (range !== null) hls.trigger(Library.Events.BUFFER_FLUSHING, { ...range, type });
    });
    hls.on(Library.Events.BUFFER_APPENDED, () => this.#goToBeginning());
    hls.once(Library.Events.AUDIO_TRACK_LOADED, (_, { details }) => fetchAhead(details, hls.startPosition));
    hls.loadSource(this.url);
    hls.attachMedia(video);
  }

  stop(): void {
    this.#stopped = true;
    this.#hls?.destroy();
    this.#hls = null;
    this.#video = null;
  }

  tick(): void {
    this.#jumpBeyond(JUMP_BEYOND);
  }

  stalled(): void {}

  toLiveEdge(): void {
    this.#jumpBeyond(JUMP_WHEN_ASKED);
  }

  /** The library goes where it begins once a whole segment is there; a part is enough. */
  #goToBeginning(): void {
    const video = this.#video;
    if (video === null || video.buffered.length === 0 || video.seeking || video.currentTime > 0) return;
    const beginning = video.buffered.start(0);
    if (beginning > 0) video.currentTime = beginning;
  }

  #jumpBeyond(seconds: number): void {
    // Of a show that has ended the library goes on reckoning an edge, and what is left would be jumped over.
    if (this.#hls?.latestLevelDetails?.live === false) return;
    const edge = this.#hls?.liveSyncPosition;
    if (this.#video === null || this.#video.seeking || typeof edge !== 'number') return;
    // Before there is a picture, the library is still to go to where it begins.
    if (this.#video.readyState < this.#video.HAVE_CURRENT_DATA) return;
    if (edge - this.#video.currentTime > seconds) this.#video.currentTime = edge;
  }

  pictureTime({ mediaTime }: Frame): PictureTime | null {
    const utc = this.#pieces.utc(mediaTime);
    return utc === null ? null : { utc, estimated: this.estimated() };
  }

  /** Whether another part behind the one just buffered can be loaded at once. */
  #follows({ frag, part }: FragBufferedData): boolean {
    const hls = this.#hls;
    if (hls === null || part === null) return false;
    const details = frag.type === 'audio' ? hls.audioTracks[hls.audioTrack]?.details : hls.latestLevelDetails;
    const last = details?.partList?.at(-1);
    return last !== undefined && (last.fragment.sn !== frag.sn || last.index !== part.index);
  }

  /**
   * What is to be removed when nothing is being loaded. The library's own `backBufferLength` removes at any time:
   * between the loading and the buffering of a part, that makes it forget the parts loaded before, and the
   * picture stands still until it jumps to the next segment (1.7.4).
   */
  #played(type: 'audio' | 'video'): { startOffset: number; endOffset: number } | null {
    const { currentTime = 0, buffered } = this.#video ?? {};
    if (buffered === undefined || buffered.length === 0) return null;
    // Only at first: what the element calls buffered is what it has of both.
    const first = (this.#removed[type] ??= buffered.start(0));
    const range = played(first, currentTime);
    if (range !== null) this.#removed[type] = range.endOffset;
    return range;
  }

  /**
   * The library's own `playingDate` is wrong by up to a segment behind a join: it takes the first part that it
   * loaded for the segment's beginning. So the date of each piece is reckoned here, from where it came to lie.
   */
  #note({ frag, part }: FragBufferedData): void {
    const place = (part ?? frag).elementaryStreams.video?.startPTS;
    const date = Date.parse(frag.rawProgramDateTime ?? '');
    if (frag.type !== 'main' || place === undefined) return;
    this.#pieces.add(place, date + (part?.fragOffset ?? 0) * 1000, frag.cc);
  }
}

/** HLS by the browser itself, where it lets no page hand it media. */
export class NativeEngine implements Engine {
  readonly protocol = 'll-hls';
  readonly tellsStalls = true;
  #video: HTMLVideoElement | null = null;

  constructor(
    private readonly url: string,
    private readonly estimated: () => boolean,
  ) {}

  async start(video: HTMLVideoElement, events: EngineEvents): Promise<void> {
    this.#video = video;
    video.onerror = () => events.ended('the video element failed');
    video.src = this.url;
    video.load();
  }

  stop(): void {
    if (this.#video === null) return;
    this.#video.onerror = null;
    this.#video.removeAttribute('src');
    this.#video.load();
    this.#video = null;
  }

  tick(): void {}

  stalled(): void {}

  toLiveEdge(): void {
    if (this.#video !== null) jump(this.#video, 1);
  }

  /** Safari tells the date of its zero. */
  pictureTime({ mediaTime }: Frame): PictureTime | null {
    const video = this.#video as (HTMLVideoElement & { getStartDate?: () => Date }) | null;
    const zero = video?.getStartDate?.().getTime() ?? Number.NaN;
    return Number.isNaN(zero) ? null : { utc: zero + mediaTime * 1000, estimated: this.estimated() };
  }
}

/** Whether the browser plays HLS without help. */
export function canPlayHlsNatively(video: HTMLVideoElement): boolean {
  return video.canPlayType('application/vnd.apple.mpegurl') !== '';
}
