import { createContext } from 'svelte';

import type { Bundle, Choice, Command, Done, Event, Failure, Kept, Outcome, Phase, SavedBundle, State, Told } from './bridge/bindings';
import type { Bridge } from './bridge/bridge';
import { Comeback } from './comeback.svelte';
import { type Figures, figuresOf, Pace } from './figures';
import type { Measure } from './measure';
import { Preview } from './preview/client';
import { windows } from './windows.svelte';

/** Seconds of silence after which the program behind the window counts as lost; it tells its state each second. */
const PATIENCE = 6;
const NOTICE_FOR = 8000;

/** Something that went wrong, shown for a while. */
export interface Notice {
  id: number;
  failure: Failure;
}

/** The show as the window knows it, and the way to ask for changes. Pictures and levels go by `preview` alone. */
export class Studio {
  phase = $state.raw<Phase>({ phase: 'opening' });
  state = $state.raw<State | null>(null);
  notices = $state.raw<Notice[]>([]);
  /** Whether the program behind the window has fallen silent. */
  lost = $state(false);
  /** The last thing that happened on air. */
  event = $state.raw<Event | null>(null);
  /** Pictures a second that come in time; `null` while that isn't known. */
  pace = $state<number | null>(null);
  version = $state('');

  readonly preview: Preview;
  readonly comeback = new Comeback();
  readonly #figures = new Pace();
  #silence = 0;
  #notices = 0;

  constructor(
    private readonly bridge: Bridge,
    readonly measure: Measure,
  ) {
    this.preview = new Preview((address, ears) => bridge.connect(address, ears), measure);
  }

  /** Begins to listen. */
  async begin(): Promise<void> {
    try {
      const start = await this.bridge.start();
      this.version = start.version;
      if (start.preview) this.preview.open(start.preview);
      await this.bridge.watch((told) => this.#told(told));
      setInterval(() => this.#second(), 1000);
    } catch (error) {
      this.phase = { phase: 'failed', failure: failureOf(error) };
    }
  }

  /** Asks, and answers what became of it. */
  async ask(command: Command): Promise<Outcome> {
    try {
      return await this.bridge.ask(command);
    } catch (error) {
      return { failed: failureOf(error) };
    }
  }

  /** Asks; says what went wrong, and answers `null` then. */
  async act(command: Command): Promise<Done | null> {
    const outcome = await this.ask(command);
    if ('done' in outcome) return outcome.done;
    this.notice(outcome.failed);
    return null;
  }

  /** Brings a scene on air. */
  showScene(scene: string): void {
    this.measure.clicked(scene, performance.now());
    void this.act({ do: 'scene.show', scene, fade_ms: 0 });
  }

  /** Shows the cover picture, or no longer. */
  cover(): void {
    if (this.state) void this.act({ do: 'cover.set', on: !this.state.covered });
  }

  takeBack(): void {
    if (this.state?.can_take_back) void this.act({ do: 'back' });
  }

  endShow(): void {
    void this.act({ do: 'live.end' });
  }

  async choose(choice: Choice): Promise<void> {
    try {
      const outcome = await this.bridge.choose(choice);
      if ('failed' in outcome) this.notice(outcome.failed);
    } catch (error) {
      this.notice(failureOf(error));
    }
  }

  /** Keeps a stream key. */
  async storeKey(name: string, key: string): Promise<{ kept: Kept } | { failed: Failure }> {
    try {
      return { kept: await this.bridge.storeKey(name, key) };
    } catch (error) {
      return { failed: failureOf(error) };
    }
  }

  /** Makes the file for support, of the earlier show that is called `of` or of this one. */
  async makeBundle(of: string | null): Promise<{ made: Bundle } | { failed: Failure }> {
    try {
      return { made: await this.bridge.makeBundle(of) };
    } catch (error) {
      return { failed: failureOf(error) };
    }
  }

  /** Saves the file for support that was made last. */
  async saveBundle(): Promise<{ saved: SavedBundle } | { failed: Failure }> {
    try {
      return { saved: await this.bridge.saveBundle() };
    } catch (error) {
      return { failed: failureOf(error) };
    }
  }

  close(endShow: boolean): void {
    this.bridge.close(endShow).catch((error: unknown) => this.notice(failureOf(error)));
  }

  title(text: string): void {
    document.title = text;
    this.bridge.title(text).catch(() => undefined);
  }

  notice(failure: Failure): void {
    const notice = { id: ++this.#notices, failure };
    this.notices = [...this.notices.slice(-3), notice];
    setTimeout(() => this.dismiss(notice.id), NOTICE_FOR);
  }

  dismiss(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
  }

  get figures(): Figures | null {
    return this.state && figuresOf(this.state);
  }

  #told(told: Told): void {
    this.#silence = 0;
    this.lost = false;
    switch (told.told) {
      case 'phase':
        this.#entered(told.phase);
        return;
      case 'state':
        this.comeback.check(this.state, told.state);
        this.state = told.state;
        this.pace = this.#figures.add(told.state.program_frames, performance.now());
        this.preview.suit(told.state.adapter);
        return;
      case 'event':
        this.event = told.event;
        return;
      case 'closing':
        windows.open({ kind: 'closing' });
    }
  }

  /** The same phase may come again, with more to say: the page stays as it is. */
  #entered(phase: Phase): void {
    this.phase = phase;
    const running = phase.phase === 'running' ? phase : null;
    if (running?.preview) this.preview.open(running.preview);
    this.comeback.hear(running?.back ?? null);
  }

  #second(): void {
    if (this.phase.phase === 'running') this.#silence += 1;
    if (this.#silence > PATIENCE) this.lost = true;
  }
}

/** A failure as it came, or one made of whatever was thrown. */
function failureOf(error: unknown): Failure {
  if (isFailure(error)) return error;
  return { code: 'window.no_answer', sentence: error instanceof Error ? error.message : String(error) };
}

function isFailure(error: unknown): error is Failure {
  return typeof error === 'object' && error !== null && 'code' in error && 'sentence' in error;
}

export const [useStudio, provideStudio] = createContext<Studio>();

/** The studio and its show, for what is only ever shown while there is one. */
export function useShow(): { studio: Studio; readonly state: State } {
  const studio = useStudio();
  return {
    studio,
    get state() {
      if (studio.state === null) throw new Error('there is no show yet');
      return studio.state;
    },
  };
}
