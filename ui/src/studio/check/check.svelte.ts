import type { CheckState, Command, Failure, Outcome, State } from '../bridge/bindings';
import { isDone, isOf } from './verdict';

/** Who checks, and says how far that is. */
export interface Checker {
  readonly state: State | null;
  ask(command: Command): Promise<Outcome>;
}

/** A check before the show: the one there is, or one that is begun. */
export class CheckRun {
  /** Why it could not begin. */
  failure = $state.raw<Failure | null>(null);
  #asking = $state(false);
  /** The state when the beginning was answered: only the next one is sure to tell of it. */
  #before = $state.raw<State | null>(null);

  constructor(private readonly checker: Checker) {}

  /** What is known of it; `null` while nothing is. */
  get check(): CheckState | null {
    const check = this.checker.state?.check ?? null;
    // What the one before has found is no news of this one.
    return this.#beginning && !check?.running ? null : check;
  }

  get running(): boolean {
    return this.#beginning || (this.check?.running ?? false);
  }

  get #beginning(): boolean {
    return this.#asking || (this.#before !== null && this.#before === this.checker.state);
  }

  /** Begins one, unless there is one of the places that are on now. */
  open(): void {
    const { state } = this.checker;
    const check = state?.check;
    if (check?.running || (state && isDone(check) && isOf(check, state))) return;
    void this.start();
  }

  async start(): Promise<void> {
    if (this.running) return;
    this.#asking = true;
    this.failure = null;
    const outcome = await this.checker.ask({ do: 'check.start' });
    this.#asking = false;
    if ('failed' in outcome) this.failure = outcome.failed;
    else this.#before = this.checker.state;
  }

  /** Lets these places get the show from the companion server; whether that was done. */
  async passOn(places: string[]): Promise<boolean> {
    const outcome = await this.checker.ask({ do: 'places.pass_on', places, on: true });
    this.failure = 'failed' in outcome ? outcome.failed : null;
    return this.failure === null;
  }

  /** Stops it, if it is under way. */
  async stop(): Promise<void> {
    if (!this.running) return;
    const outcome = await this.checker.ask({ do: 'check.stop' });
    if ('failed' in outcome) this.failure = outcome.failed;
  }
}
