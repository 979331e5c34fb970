import type { PlaceCheck, Reach, UploadCheck } from '../bridge/bindings';
import type { Look } from '../parts/look';

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

/** The places that the upload is not enough for: the least important. */
export function uncarried(places: readonly PlaceCheck[], upload: UploadCheck | null | undefined): PlaceCheck[] {
  return upload?.places == null ? [] : places.slice(upload.places);
}
