import type { Phrase } from '../words/words';

/** What is said of a show that was announced. */
export interface Announcement {
  what: Phrase;
  values: Record<string, string>;
}

/** How the device counts hours and where it is. */
type Own = Pick<Intl.ResolvedDateTimeFormatOptions, 'hourCycle' | 'timeZone'>;

/** Writes times in one language. */
export class Calendar {
  readonly #date: Intl.DateTimeFormat;
  readonly #time: Intl.DateTimeFormat;

  constructor(locale: string, { hourCycle, timeZone }: Own = devicesOwn()) {
    this.#date = new Intl.DateTimeFormat(locale, { weekday: 'long', month: 'long', day: 'numeric', timeZone });
    this.#time = new Intl.DateTimeFormat(locale, { timeStyle: 'short', hourCycle, timeZone });
  }

  /** What to say at `now` of a show that begins at `begins`, both ms of UTC; `null` when that is not known. */
  announce(begins: number | null, now: number): Announcement {
    if (begins === null) return { what: 'announced', values: {} };
    if (begins <= now) return { what: 'beginning', values: {} };
    const [date, time] = [this.#date.format(begins), this.#time.format(begins)];
    if (date === this.#date.format(now)) return { what: 'beginsToday', values: { time } };
    return { what: 'begins', values: { date, time } };
  }
}

function devicesOwn(): Own {
  return new Intl.DateTimeFormat(undefined, { hour: 'numeric' }).resolvedOptions();
}
