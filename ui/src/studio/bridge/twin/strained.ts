import type { Diagnosis, State } from '../bindings';
import { atEase } from './machine';
import { place } from './show';

/** A show on a computer that another program takes from it, with a camera in the dark. */
export function strained(show: State): State {
  const advice = 'Other programs slow this computer down: close them.';
  const diagnosis: Diagnosis = { cause: 'machine.busy', side: 'machine', advice, seconds: 40 };
  const second = place('Second place', 'rtmp://push.example.com/app');
  const [first = second] = show.places;
  return {
    ...show,
    pictures: show.pictures.map((each, at) => (at === 0 ? { ...each, rate: 15 } : each)),
    places: [first, second].map((each) => ({ ...each, skipped: 62, diagnosis })),
    program_frames: { ...show.program_frames, late: 62 },
    machine: {
      ...atEase,
      cpu: 0.97,
      cpu_own: 0.38,
      busiest: { name: 'chrome', cpu: 0.45 },
      memory_free: 0.14,
      gpu: 0.71,
      battery: { level: 0.64, discharging: true },
      celsius: 83,
      foreign_kbps: 1240,
      draw: 0.88,
      encode: 0.32,
      shed: 'preview_slow',
      troubles: [{ code: 'machine.busy', advice, seconds: 42 }],
    },
  };
}

/** A show on a computer that is about to go out, and slow: its viewers notice nothing yet. */
export function onBattery(show: State): State {
  return {
    ...show,
    machine: {
      ...atEase,
      cpu: 0.74,
      cpu_own: 0.52,
      memory_free: 0.31,
      battery: { level: 0.12, discharging: true },
      saving: true,
      celsius: 71,
      draw: 0.69,
      encode: 0.21,
      shed: 'filters',
      troubles: [
        { code: 'machine.battery', advice: 'The battery is nearly empty: plug this computer in now.', seconds: 75 },
        {
          code: 'machine.saving',
          advice: 'This computer saves power: plug it in, or choose full performance in its settings.',
          seconds: 31,
        },
      ],
    },
  };
}
