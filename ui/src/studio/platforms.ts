import known from '../../../crates/studio/platforms.json';
import type { Advice, Limits, Platform, Platforms } from './bridge/bindings';
import { writeMbit } from './figures';
import type { Language, Phrase, Values } from './words/words';

/** The platforms that are known, and the day on which that was so. A test of the studio's holds the file to the type. */
export const { checked, platforms } = known as unknown as Platforms;

/** The platform with this id. */
export function platformOf(id: string | null | undefined): Platform | null {
  return platforms.find((platform) => platform.id === id) ?? null;
}

/** All of them, as people who read `language` look for them. */
export function listed(language: Language): Platform[] {
  const { compare } = new Intl.Collator(language);
  return platforms.toSorted((a, b) => compare(a.name[language], b.name[language]));
}

/** What a platform recommends for pictures of this size, in kbit/s; `null` where it doesn't. */
export function recommended(limits: Limits, { width, height }: { width: number; height: number }): number | null {
  const small = limits.recommended_720p30_kbps ?? null;
  return Math.min(width, height) <= 720 ? small : (limits.recommended_1080p30_kbps ?? small);
}

/** A sentence to be said. */
export interface Sentence {
  phrase: Phrase;
  values: Values;
}

/** What a platform takes, as far as it says. */
export function limitsOf({ video_kbps, long_side, short_side, fps, hours, portrait }: Limits): Sentence[] {
  const said: Sentence[] = [];
  if (video_kbps != null) said.push({ phrase: 'limitVideo', values: { value: writeMbit(video_kbps) } });
  if (long_side != null && short_side != null) said.push({ phrase: 'limitSize', values: { long: long_side, short: short_side } });
  if (fps != null) said.push({ phrase: 'limitRate', values: { count: fps } });
  if (hours != null) said.push({ phrase: 'limitHours', values: { count: hours } });
  if (portrait) said.push({ phrase: 'limitPortrait', values: {} });
  return said;
}

/** What a platform may not take of the show. */
export function adviceOf({ exceeded, has, most }: Advice): Sentence {
  switch (exceeded) {
    case 'video':
      return { phrase: 'adviceVideo', values: { has: writeMbit(has), most: writeMbit(most) } };
    case 'audio':
      return { phrase: 'adviceSound', values: { has, most } };
    case 'size':
      return { phrase: 'adviceSize', values: { has, most } };
    case 'rate':
      return { phrase: 'adviceRate', values: { has, most } };
    case 'landscape':
      return { phrase: 'adviceLandscape', values: {} };
  }
}
