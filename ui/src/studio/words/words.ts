import { en } from './en';
import { zh } from './zh';

/** The name of a phrase. */
export type Phrase = keyof typeof en;

/** The words of a language; a phrase it lacks is said in English. */
export type Words = Partial<Record<Phrase, string>>;

export const words = { en, zh } satisfies Record<string, Words>;

/** A language the window speaks. */
export type Language = keyof typeof words;

/** What stands in the places of a phrase: `{name}`. */
export type Values = Record<string, string | number>;

/** Says a phrase in some language. */
export type Say = (phrase: Phrase, values: Values) => string;

/** A phrase in a language, with its values; in English where that language lacks it. */
export function phraseIn(language: Language, phrase: Phrase, values: Values = {}): string {
  const text = (words[language] as Words)[phrase] ?? en[phrase];
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}
