import { settings } from '../settings.svelte';
import type { Diagnosis, Failure, Finding, Health, Warning } from '../bridge/bindings';
import { causeOf } from '../causes';
import { wordsOf } from '../check/findings';
import { healthCause, healthPhrase } from '../health';
import type { Culprit } from '../machine';
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

/** How the show is, in words; `culprit` is the other program that uses most of this computer, where that is much. */
export function sayHealth(health: Health, culprit: Culprit | null = null): string {
  const named = healthCause(health)?.named;
  if (named && culprit) return say(named.health, { name: culprit.name });
  const phrase = healthPhrase(health);
  return phrase === null ? health.sentence : say(phrase, { name: health.subject ?? '' });
}

/** What is the matter with a place, or with this computer. */
export type Matter = Pick<Diagnosis, 'cause' | 'advice'>;

/** What is the matter, in a few words; in the sentence it came with where the page doesn't know it. */
export function sayMatter({ cause, advice }: Matter): string {
  const known = causeOf(cause);
  return known === null ? advice : say(known.headline);
}

/** What can be done about it, by whichever program is at fault; nothing where `sayMatter` has said that already. */
export function sayRemedy({ cause }: Matter, culprit: Culprit | null = null): string {
  const known = causeOf(cause);
  if (known?.named && culprit) return say(known.named.advice, { name: culprit.name, part: culprit.percent });
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

/** The same of names that people chose. */
export function sayNames(names: readonly string[]): string {
  return sayList(names.map((name) => `“${name}”`));
}

/** What a check has found. */
export function sayFinding({ code, subjects }: Finding): string {
  const known = wordsOf(code);
  return known === null ? say('foundOther', { code }) : say(known.what, { names: sayNames(subjects) });
}

/** What can be done about it. */
export function sayFindingAdvice({ code }: Finding): string {
  return say(wordsOf(code)?.advice ?? 'foundOtherAdvice');
}
