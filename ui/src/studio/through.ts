import type { PlaceState } from './bridge/bindings';

/** The host of an address; empty where it has none. */
function hostOf(url: string): string {
  return /^[a-z]+:\/\/(\[[^\]]*\]|[^:/?#]*)/i.exec(url)?.[1]?.toLowerCase() ?? '';
}

/** Whether a place at `url` is on the companion server. */
export function isAtCompanion(url: string, companion: string | null | undefined): boolean {
  const host = hostOf(companion ?? '');
  return host !== '' && hostOf(url) === host;
}

/** Whether a place at `url` can get the show from the companion server: by RTMP, and where it isn't that server itself. */
export function isPassable(url: string, companion: string | null | undefined): boolean {
  return companion != null && /^rtmps?:\/\//.test(url) && !isAtCompanion(url, companion);
}

/** The places that the show is sent to from here: the others need nothing of the upload. */
export function fromHere<P extends Pick<PlaceState, 'passed_on'>>(places: readonly P[]): P[] {
  return places.filter(({ passed_on }) => !passed_on);
}
