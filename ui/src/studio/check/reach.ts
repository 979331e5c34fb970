import type { PlaceCheck, Reach, UploadCheck } from '../bridge/bindings';
import type { Look } from '../parts/look';
import { fromHere } from '../through';

const looks: Record<Reach, Look> = {
  waiting: { phrase: 'reachWaiting', icon: 'wait', level: 'plain' },
  reached: { phrase: 'reachReached', icon: 'good', level: 'good' },
  unknown: { phrase: 'reachUnknown', icon: 'help', level: 'plain' },
  unreachable: { phrase: 'reachUnreachable', icon: 'bad', level: 'bad' },
  untrusted: { phrase: 'reachUntrusted', icon: 'bad', level: 'bad' },
  strange: { phrase: 'reachStrange', icon: 'warning', level: 'warning' },
};

/** How it is said and looks whether a place answers. */
export function lookOf(reach: Reach): Look {
  return Object.hasOwn(looks, reach) ? looks[reach] : looks.unknown;
}

/** The places that the upload is not enough for: the least important of those that need it. */
export function uncarried(places: readonly PlaceCheck[], upload: UploadCheck | null | undefined): PlaceCheck[] {
  return upload?.places == null ? [] : fromHere(places).slice(upload.places);
}
