/** What a camera delivers. */
export interface Format {
  width: string;
  height: string;
  /** Pictures a second; empty where the sentence doesn't name them. */
  rate: string;
}

/** Reads size and pace out of a camera's sentence, whose first size is the one it delivers; `null` where it names none. */
export function readFormat(sentence: string): Format | null {
  const found = /(\d+)[x×](\d+)(?: at ([\d.]+))?/.exec(sentence);
  const [, width, height, rate = ''] = found ?? [];
  return width && height ? { width, height, rate: rate.replace(/\.$/, '') } : null;
}

/** A camera's format in words: its size, and its pace where that is known. */
export function formatWords(format: Format, say: (phrase: 'format', values: Record<string, string>) => string): string {
  return format.rate === '' ? `${format.width}×${format.height}` : say('format', { ...format });
}
