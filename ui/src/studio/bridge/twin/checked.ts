import type { PlaceState, State } from '../bindings';
import { checkAt, type Checking } from './check';
import { fullShow, place } from './show';

/** The server of one's own at which the first place is. */
const companion = 'https://live.teashop.example';
/** Places elsewhere than on this computer. */
const far: PlaceState[] = [
  place('Tea shop', 'rtmps://live.teashop.example/live'),
  place('Second place', 'rtmp://push.example.com/app'),
  place('Third place', 'srt://live.example.com:9000'),
];

/** A line that carries all, and a show that nothing is the matter with. */
export const checkedWell: Checking = { carries: 9600, more: true, reach: {}, findings: [], until: 1 };

/** It stands still in the midst of the measuring. */
export const checkedHalf: Checking = { ...checkedWell, carries: 8100, until: 0.55 };

export const checkedBadly: Checking = {
  carries: 5600,
  more: false,
  reach: { 'Second place': 'unknown', 'Third place': 'unreachable' },
  findings: [
    { code: 'check.unreachable', level: 'bad', subjects: ['Third place'] },
    { code: 'check.upload_small', level: 'bad', subjects: [] },
    { code: 'check.microphone_silent', level: 'warning', subjects: ['Clip-on microphone'] },
    { code: 'check.cameras_share', level: 'warning', subjects: ['Host camera', 'Table camera'] },
  ],
  until: 1,
};

/** A show whose two places are both elsewhere. */
export function farShow(): State {
  return { ...fullShow(), companion, places: far.slice(0, 2) };
}

/** The same with a third one, and a check that has found much. */
export function foundShow(): State {
  const show = { ...fullShow(), companion, places: far };
  return { ...show, check: checkAt(checkedBadly, show, Infinity) };
}

/** A show whose second place gets it from the server of one's own. */
export function onceShow(): State {
  return { ...fullShow(), companion, places: far.map((each, at) => ({ ...each, passed_on: at === 1 })) };
}
