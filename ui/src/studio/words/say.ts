import { settings } from '../settings.svelte';
import type { Diagnosis, Failure, Health, Warning } from '../bridge/bindings';
import { causeOf } from '../causes';
import { healthPhrase } from '../health';
import { failureIn } from './failures';
import { type Phrase, phraseIn, type Values } from './words';

/** A phrase in the language of the window; changes with it where a component uses it. */
export function say(phrase: Phrase, values: Values = {}): string {
  return phraseIn(settings.language, phrase, values);
}

/** What went wrong, in the language of the window where its code is known, else in the sentence it came with. */
export function sayFailure(failure: Failure): string {
  return failureIn(settings.language, failure);
}

/** How the show is, in words. */
export function sayHealth(health: Health): string {
  const phrase = healthPhrase(health);
  return phrase === null ? health.sentence : say(phrase, { name: health.subject ?? '' });
}

/** What is the matter, in a few words; in the sentence it came with where the page doesn't know it. */
export function sayMatter({ cause, advice }: Diagnosis): string {
  const known = causeOf(cause);
  return known === null ? advice : say(known.headline);
}

/** What can be done about it; nothing where `sayMatter` has said that already. */
export function sayRemedy({ cause }: Diagnosis): string {
  const known = causeOf(cause);
  return known === null ? '' : say(known.advice);
}

/** Where something is the matter: what is this computer's fault is so at every place. */
export function sayWhere({ diagnosis, place }: Warning): string {
  return diagnosis.side === 'machine' ? say('allPlaces') : place;
}

/** A list of names as people write it. */
export function sayList(names: readonly string[]): string {
  const tag = settings.language === 'zh' ? 'zh-Hans' : settings.language;
  return new Intl.ListFormat(tag, { type: 'conjunction' }).format(names);
}
