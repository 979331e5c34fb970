import type { Address } from '../address';

/** A way of delivery. */
export type Way = 'flv' | 'll-hls' | 'native';

/** What the browser can do. */
export interface Abilities {
  /** Media can be handed to it piece by piece. */
  mediaSource: boolean;
  /** It plays HLS by itself. */
  nativeHls: boolean;
}

/** The ways to try, the best first: HTTP-FLV has the least delay, HLS passes where long answers are held up. */
export function chooseWays(via: Address['via'], { mediaSource, nativeHls }: Abilities): Way[] {
  const ways: Way[] = [];
  if (mediaSource && via !== 'll-hls') ways.push('flv');
  if (mediaSource && via !== 'flv') ways.push('ll-hls');
  if (nativeHls && via !== 'flv') ways.push('native');
  return ways;
}
