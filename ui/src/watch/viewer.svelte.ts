import { type Address, places } from './address';
import { BEAT_EVERY, Reporter, postBeat } from './beats';
import { MEASURE_EVERY, ServerClock, pageTime } from './clock';
import { type Delay, DelayMeter } from './delay';
import { Choice, type Way } from './engine/choice';
import { type Engine, ahead } from './engine/engine';
import { type Show, abilities, makeEngine, prepare } from './engine/make';
import { type Frame, watchFrames } from './frames';
import { Pace } from './pace';
import { type Command, type Happening, type Phase, Session } from './session';
import { fetchStatus } from './status';
import { Wake } from './wake';
import { type Wish, firstWish, keepWish } from './wish';

/** Milliseconds without a new picture after which the player is started anew: while it begins, and later. */
const PATIENCE_AT_START = 10_000;
const PATIENCE = 4000;
/** Milliseconds without a new picture that are a standstill where the video element tells of none. */
const STANDSTILL = 1000;
const TICK = 100;
const READ_EVERY = 250;

/** Plays one show into one video element: does what {@link Session} decides, and tells it what happens. */
export class Viewer {
  /** What the viewer is told. */
  phase = $state<Phase>('opening');
  /** The delay now; `null` when it isn't known. */
  delay = $state<Delay | null>(null);
  /** Whether the browser wants a tap before it plays. */
  needsTap = $state(false);
  muted = $state(true);
  stalls = $state(0);
  /** Whether the player has shown a picture that is still on screen. */
  hasPicture = $state(false);
  /** What the viewer wishes of the delay, and whether there is a choice. */
  wish = $state<Wish>('normal');
  hasChoice = $state(false);
  /** Whether the show is interrupted, and what plays is a picture that says so. */
  held = $state(false);
  /** When a show that was announced begins, and the time when that was said, ms of UTC. */
  beginning = $state<{ begins: number | null; now: number }>({ begins: null, now: 0 });

  readonly #places: ReturnType<typeof places>;
  readonly #choice: Choice;
  readonly #session: Session;
  readonly #clock: ServerClock;
  readonly #show: Show;
  readonly #meter = new DelayMeter();
  readonly #pace = new Pace();
  readonly #wake = new Wake();
  readonly #reporter: Reporter;
  readonly #ends: (() => void)[] = [];
  #engine: Engine | null = null;
  #stalledEngine: Engine | null = null;
  #asking: ReturnType<typeof setTimeout> | undefined;
  #questions = 0;
  #lastPicture = 0;
  /** When the first picture came on screen, in ms since the page was opened. */
  #firstPicture: number | null = null;
  #estimated = true;

  constructor(
    address: Address,
    private readonly video: HTMLVideoElement,
    /** Called before the player lets go of the picture, so that it can be kept on screen. */
    private readonly beforeStop: () => void,
  ) {
    this.#places = places(address.show);
    this.wish = firstWish(address.via, () => localStorage);
    this.#choice = new Choice({ via: address.via, wish: this.wish, abilities: abilities(video) });
    this.#session = new Session(this.#choice.ways.length, Math.random);
    this.#clock = new ServerClock(this.#places.time);
    this.#show = {
      places: this.#places,
      pace: this.#pace,
      estimated: () => this.#estimated,
    };
    this.#reporter = new Reporter((beat) => postBeat(this.#places.beat, beat));
  }

  /** Begins. */
  open(): void {
    const [best] = this.#choice.ways;
    if (best !== undefined) prepare(best);
    void this.#clock.measure();
    this.#every(MEASURE_EVERY, () => void this.#clock.measure());
    this.#every(TICK, () => this.#tick());
    this.#every(READ_EVERY, () => this.#readDelay());
    this.#every(BEAT_EVERY, () => this.#beat('beat'));
    this.#ends.push(watchFrames(this.video, (frame) => this.#onFrame(frame)));
    this.#listen(this.video, 'waiting', () => this.#onWaiting());
    this.#listen(this.video, 'pause', () => this.#onPause());
    this.#listen(this.video, 'ended', () => this.#onPlayed());
    // What was shown before a jump says nothing of what is shown behind it.
    this.#listen(this.video, 'seeked', () => this.#meter.reset());
    this.#listen(document, 'visibilitychange', () => this.#onVisible());
    this.#listen(window, 'online', () => this.#onOnline());
    this.#happened({ kind: 'opened' });
  }

  /** Ends and lets go of everything. */
  close(): void {
    for (const end of this.#ends.splice(0)) end();
    clearTimeout(this.#asking);
    this.#engine?.stop();
    this.#engine = null;
  }

  /** Turns the sound on or off; only ever because the viewer asked. */
  setMuted(muted: boolean): void {
    this.muted = muted;
    this.video.muted = muted;
    this.play();
  }

  /**
   * Plays, at the live edge. A browser that refuses sound, as after a restart nobody asked for, plays without it;
   * one that refuses that too wants a tap.
   */
  play(): void {
    if (this.#engine === null) return;
    this.#engine.toLiveEdge();
    this.video.play().then(
      () => (this.needsTap = false),
      (error: unknown) => this.#refused(error),
    );
  }

  /** Plays as the viewer wishes, and keeps that for the next time. */
  setWish(wish: Wish): void {
    this.wish = wish;
    keepWish(wish, () => localStorage);
    this.#choice.wish(wish);
    this.#chosen();
  }

  /** What tests and support read. */
  stats() {
    return {
      phase: this.phase,
      held: this.held,
      protocol: this.#engine?.protocol ?? null,
      delayMs: this.delay?.delay ?? null,
      delayErrorMs: this.delay?.error ?? null,
      estimated: this.delay?.estimated ?? null,
      offsetMs: this.#clock.offset?.offset ?? null,
      firstPictureMs: this.#firstPicture,
      stalls: this.stalls,
      aheadMs: ahead(this.video) * 1000,
      targetMs: this.#pace.target * 1000,
      rate: this.video.playbackRate,
      currentTime: this.video.currentTime,
      muted: this.video.muted,
      sid: this.#reporter.sid,
    };
  }

  #happened(happening: Happening): void {
    for (const command of this.#session.on(happening)) this.#do(command);
    this.phase = this.#session.phase;
    this.held = this.#session.isHeld;
  }

  #do(command: Command): void {
    switch (command.kind) {
      case 'ask':
        clearTimeout(this.#asking);
        this.#asking = setTimeout(() => void this.#ask(), command.after);
        return;
      case 'start':
        return this.#start(this.#choice.ways[command.way]);
      case 'stop':
        return this.#stop();
    }
  }

  async #ask(): Promise<void> {
    const question = ++this.#questions;
    const status = await fetchStatus(this.#places.status);
    // Asked anew meanwhile: what was true before would undo what is true now.
    if (question !== this.#questions) return;
    if (status === null) return this.#happened({ kind: 'silent' });
    const { state, begins, live, estimated, rtc } = status;
    const now = pageTime() + (this.#clock.offset?.offset ?? 0);
    this.#estimated = estimated;
    this.beginning = { begins, now };
    this.#offered(rtc);
    this.#happened({ kind: 'status', state, live, beginsIn: begins === null ? null : begins - now });
  }

  /** What plays meanwhile goes on as it does. */
  #offered(rtc: boolean): void {
    this.#choice.offered(rtc);
    this.hasChoice = this.#choice.isOpen;
    if (this.#engine === null) this.#chosen();
  }

  #chosen(): void {
    this.hasChoice = this.#choice.isOpen;
    if (this.#choice.renew()) this.#happened({ kind: 'ways', ways: this.#choice.ways.length });
  }

  #start(way: Way | undefined): void {
    if (way === undefined) return;
    const engine = makeEngine(way, this.#show);
    this.#engine = engine;
    this.#lastPicture = performance.now();
    this.#meter.reset();
    const ended = (why: string) => this.#onEnded(engine, why);
    const unfit = (why: string) => this.#onUnfit(engine, why);
    engine.start(this.video, { ended, unfit }).then(
      () => this.play(),
      (error: unknown) => ended(String(error)),
    );
  }

  #stop(): void {
    const engine = this.#engine;
    this.#engine = null;
    this.needsTap = false;
    this.delay = null;
    this.beforeStop();
    this.hasPicture = false;
    engine?.stop();
  }

  #onEnded(engine: Engine, why: string): void {
    if (engine !== this.#engine) return;
    console.info(`the player ended: ${why}`);
    this.#happened({ kind: 'ended' });
  }

  #onUnfit(engine: Engine, why: string): void {
    if (engine !== this.#engine) return;
    console.info(`this way leads nowhere: ${why}`);
    this.#choice.unfit();
    this.#chosen();
  }

  #onFrame(frame: Frame): void {
    if (this.#engine === null) return;
    this.#lastPicture = performance.now();
    this.hasPicture = true;
    this.#meter.shown(frame.at, this.#engine.pictureTime(frame));
    this.#recovered();
    if (this.phase !== 'playing') this.#happened({ kind: 'picture' });
    if (this.#firstPicture !== null) return;
    this.#firstPicture = frame.at - performance.timeOrigin;
    this.#beat('first_frame');
  }

  /** A standstill that passed by itself was the network's: one that needed another player was the show's end. */
  #recovered(): void {
    if (this.#stalledEngine !== null && this.#stalledEngine === this.#engine) {
      this.#stalledEngine.stalled(performance.now());
    }
    this.#stalledEngine = null;
  }

  #onWaiting(): void {
    if (this.#engine === null || this.video.seeking || this.phase !== 'playing' || document.hidden) return;
    this.stalls += 1;
    this.#stalledEngine = this.#engine;
    this.#happened({ kind: 'stall' });
    this.#beat('stall');
  }

  #refused(error: unknown): void {
    if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
    if (this.muted) this.needsTap = true;
    else this.setMuted(true);
  }

  /** Not by us, nor at the end: the system or a headset did it. */
  #onPause(): void {
    if (this.#engine === null || this.video.ended || document.hidden || this.phase !== 'playing') return;
    this.needsTap = true;
  }

  #onPlayed(): void {
    if (this.#engine !== null && this.video.ended) this.#onEnded(this.#engine, 'played to its end');
  }

  /** The page's clock may have stood still: what was known of the server's is wrong by that. */
  #onWake(): void {
    this.#meter.reset();
    this.#clock.forget();
    this.#onOnline();
  }

  #onOnline(): void {
    void this.#clock.measure();
    this.#happened({ kind: 'hope' });
  }

  #onVisible(): void {
    if (document.hidden) return;
    this.#lastPicture = performance.now();
    this.#happened({ kind: 'hope' });
    this.play();
  }

  #tick(): void {
    if (this.#wake.look(performance.now(), Date.now())) this.#onWake();
    if (this.#engine === null || document.hidden || this.needsTap) return;
    const now = performance.now();
    this.#engine.tick(now);
    if (!this.#engine.tellsStalls && now - this.#lastPicture > STANDSTILL) this.#onWaiting();
    if (now - this.#lastPicture > (this.#firstPicture !== null ? PATIENCE : PATIENCE_AT_START)) {
      this.#onEnded(this.#engine, 'no new picture');
    }
  }

  #readDelay(): void {
    this.delay = this.phase === 'playing' ? this.#meter.read(pageTime(), this.#clock.offset) : null;
  }

  #beat(event: 'first_frame' | 'beat' | 'stall'): void {
    if (this.#engine === null || this.#firstPicture === null) return;
    this.#readDelay();
    this.#reporter.report(event, performance.now(), {
      protocol: this.#engine.protocol,
      sinceOpen: performance.now(),
      delay: this.delay,
      position: this.video.currentTime,
    });
  }

  #every(ms: number, action: () => void): void {
    const timer = setInterval(action, ms);
    this.#ends.push(() => clearInterval(timer));
  }

  #listen(target: EventTarget, event: string, action: () => void): void {
    target.addEventListener(event, action);
    this.#ends.push(() => target.removeEventListener(event, action));
  }
}
