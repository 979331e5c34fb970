import type { PastShow } from '../bridge/bindings';
import { languageTag } from '../../words/language';
import type { Language } from '../words/words';

/**
 * What an earlier show is called: its name, and when it began by the clock of this machine, or that of `timeZone`. With
 * the month in letters: 11/12 is not the same day everywhere.
 */
export function labelOf({ show, began }: PastShow, language: Language, timeZone?: string): string {
  const at = new Date(began);
  if (Number.isNaN(at.getTime())) return show;
  const when = new Intl.DateTimeFormat(languageTag(language), { dateStyle: 'medium', timeStyle: 'short', timeZone });
  return `${show} · ${when.format(at)}`;
}
