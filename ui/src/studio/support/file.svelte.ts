import type { Bundle, Failure, Part, SavedBundle } from '../bridge/bindings';

/** Who makes the file and saves it. */
export interface Maker {
  makeBundle(of: string | null): Promise<{ made: Bundle } | { failed: Failure }>;
  saveBundle(): Promise<{ saved: SavedBundle } | { failed: Failure }>;
}

/** Milliseconds. Where nothing works, an answer may never come. */
const PATIENCE = 30_000;

/** A file for support: made, read, and only then saved. */
export class SupportFile {
  /** What is waited for. */
  busy = $state<'making' | 'saving' | null>(null);
  /** What is in it; `null`: it is not made (yet). */
  bundle = $state.raw<Bundle | null>(null);
  saved = $state.raw<SavedBundle | null>(null);
  /** Why it could not be made or saved. */
  failure = $state.raw<Failure | null>(null);
  /** The part that is read. */
  open = $state<Part | null>(null);

  /** `of` is an earlier show; `null`: the one there is or was. */
  constructor(
    private readonly maker: Maker,
    private readonly of: string | null,
  ) {}

  /** What comes next. */
  get next(): 'make' | 'save' | 'done' {
    if (this.bundle === null) return 'make';
    return this.saved === null ? 'save' : 'done';
  }

  /** Makes it, and opens its first part. */
  async make(): Promise<void> {
    if (!this.#begin('making')) return;
    const outcome = await inTime(this.maker.makeBundle(this.of));
    this.busy = null;
    if ('failed' in outcome) {
      this.failure = outcome.failed;
      return;
    }
    this.bundle = outcome.made;
    this.open = outcome.made.parts[0]?.part ?? null;
  }

  /** Saves what was read. */
  async save(): Promise<void> {
    if (this.next !== 'save' || !this.#begin('saving')) return;
    const outcome = await inTime(this.maker.saveBundle());
    this.busy = null;
    if ('saved' in outcome) {
      this.saved = outcome.saved;
      return;
    }
    this.failure = outcome.failed;
    // What was read is forgotten there: what is made now has to be read anew.
    if (outcome.failed.code === 'bundle.none') this.bundle = null;
  }

  /** Opens a part to read it, or folds it again. */
  toggle(part: Part): void {
    this.open = this.open === part ? null : part;
  }

  #begin(busy: 'making' | 'saving'): boolean {
    if (this.busy !== null) return false;
    this.busy = busy;
    this.failure = null;
    return true;
  }
}

/** What is answered, or after a while that nothing is. */
function inTime<T>(answer: Promise<T>): Promise<T | { failed: Failure }> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<{ failed: Failure }>((done) => {
    const failed = { code: 'window.no_answer', sentence: 'There was no answer within 30 seconds.' };
    timer = setTimeout(() => done({ failed }), PATIENCE);
  });
  return Promise.race([answer, silence]).finally(() => clearTimeout(timer));
}
