import type { Command, Failure, History, Outcome, PastShow } from '../bridge/bindings';

/** What is looked at of the past: the show that is sent, or was last; or an earlier one. */
export class Past {
  /** The earlier show that is looked at; `null`: this one. */
  chosen = $state.raw<PastShow | null>(null);
  /** The whole of it; else its last five minutes. */
  whole = $state(false);
  /** `null` until the first answer. */
  history = $state.raw<History | null>(null);
  /** Why there is no answer. */
  failure = $state.raw<Failure | null>(null);
  #kept = $state.raw<PastShow[]>([]);
  #asked = 0;

  constructor(private readonly ask: (command: Command) => Promise<Outcome>) {}

  /** The earlier shows, the newest first. One that is looked at stays, though it may be kept no longer. */
  get shows(): PastShow[] {
    const { chosen } = this;
    const gone = chosen !== null && !this.#kept.some(({ id }) => id === chosen.id);
    return gone ? [...this.#kept, chosen] : this.#kept;
  }

  /** Asks which earlier shows there are. */
  async list(): Promise<void> {
    const outcome = await this.ask({ do: 'histories' });
    // Without an answer there are those that were told before.
    if ('done' in outcome) this.#kept = outcome.done?.histories ?? [];
  }

  /** Looks at an earlier show, all of it, or at this one. */
  choose(show: PastShow | null): void {
    this.chosen = show;
    this.whole = show !== null;
    this.history = null;
    this.failure = null;
    void this.look();
  }

  stretch(whole: boolean): void {
    this.whole = whole;
    void this.look();
  }

  /** Asks how the show was that is looked at. */
  async look(): Promise<void> {
    const asked = ++this.#asked;
    const outcome = await this.ask({ do: 'history', whole: this.whole, of: this.chosen?.id ?? null });
    // Something else has been asked since.
    if (asked !== this.#asked) return;
    this.failure = outcome.failed ?? null;
    if (outcome.done) this.history = outcome.done.history ?? null;
    // This show is asked for again in a moment; an earlier one is as it is.
    else if (this.chosen !== null) this.history = null;
  }
}
