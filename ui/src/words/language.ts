import { type Language, type Phrase, words } from './words';

/**
 * The language for a reader: the one the link asks for (`?lang=`), else the first of the reader's own that the
 * pages speak, else English. Any Chinese is answered in Simplified Chinese.
 */
export function chooseLanguage(asked: string | null, preferred: readonly string[]): Language {
  for (const tag of asked === null ? preferred : [asked, ...preferred]) {
    const primary = tag.toLowerCase().split('-')[0];
    if (primary !== undefined && Object.hasOwn(words, primary)) return primary as Language;
  }
  return 'en';
}

/** The `lang` attribute of a page in `language`. */
export function languageTag(language: Language): string {
  return language === 'zh' ? 'zh-Hans' : language;
}

/** A function from phrases to their text in `language`; `{name}` in a text is replaced by that value. */
export function speaker(language: Language) {
  return (phrase: Phrase, values: Record<string, string> = {}): string =>
    words[language][phrase].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}

/** Says phrases in one language. */
export type Say = ReturnType<typeof speaker>;
