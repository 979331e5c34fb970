import type { Address } from '../address';
import type { Wish } from '../wish';

/** A way of delivery. */
export type Way = 'whep' | 'flv' | 'll-hls' | 'native';

/** What the browser can do. */
export interface Abilities {
  /** Media can be handed to it piece by piece. */
  mediaSource: boolean;
  /** It plays HLS by itself. */
  nativeHls: boolean;
  /** It takes media as it comes, without a file around it. */
  rtc: boolean;
}

/** What the ways hang on. */
export interface Reasons {
  via: Address['via'];
  wish: Wish;
  abilities: Abilities;
}

/**
 * The ways to try, the best first: HTTP-FLV has little delay and plays smoothly on most networks, HLS passes where long
 * answers are held up. WHEP has the least delay and is for those who wish that, or whose browser plays nothing else.
 */
export function chooseWays({ via, wish, abilities }: Reasons): Way[] {
  const { mediaSource, nativeHls, rtc } = abilities;
  const ways: Way[] = [];
  if (mediaSource && via !== 'll-hls') ways.push('flv');
  if (mediaSource && via !== 'flv') ways.push('ll-hls');
  if (nativeHls && via !== 'flv') ways.push('native');
  if (rtc && !isForced(via) && (wish === 'least' || ways.length === 0)) ways.unshift('whep');
  return ways;
}

/** Whether the link leaves no choice. One that asks for WHEP is but the viewer's first wish. */
function isForced(via: Address['via']): boolean {
  return via === 'flv' || via === 'll-hls';
}

/** The ways to try now, as link, viewer, browser and server allow. Until the server speaks, it is taken to send by each. */
export class Choice {
  readonly #reasons: Reasons;
  /** Whether the browser takes media as it comes, and nothing has shown that it doesn't come through. */
  #fit: boolean;
  #ways: Way[];

  constructor({ via, wish, abilities }: Reasons) {
    this.#reasons = { via, wish, abilities: { ...abilities } };
    this.#fit = abilities.rtc;
    this.#ways = chooseWays(this.#reasons);
  }

  get ways(): readonly Way[] {
    return this.#ways;
  }

  /** Whether the viewer has a choice between the least delay and the smoothest picture. */
  get isOpen(): boolean {
    const { via, abilities } = this.#reasons;
    return abilities.rtc && !isForced(via) && (abilities.mediaSource || abilities.nativeHls);
  }

  /** The viewer wishes this of the delay. */
  wish(wish: Wish): void {
    this.#reasons.wish = wish;
  }

  /** The server says whether it sends by WHEP. */
  offered(rtc: boolean): void {
    this.#reasons.abilities.rtc = rtc && this.#fit;
  }

  /** WHEP leads nowhere: it is left out for good. */
  unfit(): void {
    this.#fit = false;
    this.#reasons.abilities.rtc = false;
  }

  /** Reckons the ways anew; answers whether they are others than before. */
  renew(): boolean {
    const before = this.#ways;
    this.#ways = chooseWays(this.#reasons);
    return String(before) !== String(this.#ways);
  }
}
