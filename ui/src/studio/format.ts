/** What a camera delivers. */
export interface Format {
  width: string;
  height: string;
  /** Pictures a second. */
  rate: string;
}

/** Reads size and pace out of a camera's sentence; `null` where it names none. */
export function readFormat(sentence: string): Format | null {
  const found = /(\d+)[x×](\d+) at ([\d.]+)/.exec(sentence);
  const [, width, height, rate] = found ?? [];
  return width && height && rate ? { width, height, rate: rate.replace(/\.$/, '') } : null;
}
