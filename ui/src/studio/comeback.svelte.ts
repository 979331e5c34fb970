import type { Back, State } from './bridge/bindings';
import type { Phrase } from './words/words';

/** Milliseconds it is said for. */
export const COMEBACK_FOR = 60_000;

/** What is said of a studio that has crashed and come back by itself: once, until it is hidden or no longer so. */
export class Comeback {
  /** `null` while there is nothing to say. */
  said = $state.raw<Back | null>(null);
  #heard: Back | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Takes what the studio tells with its phase, which may be told again as it was. */
  hear(back: Back | null): void {
    const news = !sameBack(this.#heard, back);
    this.#heard = back;
    if (!news) return;
    this.hide();
    this.said = back;
    if (back !== null) this.#timer = setTimeout(() => this.hide(), COMEBACK_FOR);
  }

  /** Hides what a new state of the show makes wrong. */
  check(before: State | null, now: State): void {
    if (this.said !== null && isOver(this.said, before, now)) this.hide();
  }

  hide(): void {
    clearTimeout(this.#timer);
    this.said = null;
  }
}

/** Whether it goes on the air again: not where a failure says why it could not. */
export function goesOn({ live, failure }: Back): boolean {
  return live && failure == null;
}

/** What is said of it; a failure comes after that, in its own words. */
export function comebackPhrase(back: Back): Phrase {
  return goesOn(back) ? 'comebackLive' : 'comebackOff';
}

function sameBack(one: Back | null, other: Back | null): boolean {
  if (one === null || other === null) return one === other;
  return one.live === other.live && one.failure?.code === other.failure?.code;
}

/** Whether the show has ended since it went on the air again, or has been sent although it was not to be. */
function isOver(back: Back, before: State | null, now: State): boolean {
  return goesOn(back) ? Boolean(before?.live) && !now.live : Boolean(now.live);
}
