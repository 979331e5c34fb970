import type { Device, Devices, State } from '../bindings';

interface Plugged {
  id: string;
  name: string;
  best?: string;
}

const cameras: Plugged[] = [
  { id: 'usb-host', name: 'Host camera', best: '1280x720 at 30 fps' },
  { id: 'usb-table', name: 'Table camera', best: '1920x1080 at 30 fps' },
  { id: 'usb-hand', name: 'Hand camera', best: '1280x720 at 25 fps' },
];
const microphones: Plugged[] = [
  { id: 'mic-desk', name: 'Desk microphone' },
  { id: 'mic-clip', name: 'Clip-on microphone' },
  { id: 'mic-room', name: 'Room microphone' },
];

/** The devices of the twin's desk; `unplugged` takes those away whose id is in it. */
export function devicesOf(state: State, unplugged: ReadonlySet<string>): Devices {
  const offer = (all: Plugged[], names: string[]): Device[] =>
    all
      .filter(({ id }) => !unplugged.has(id))
      .map((device) => ({ ...device, used: names.find((name) => name === device.name) ?? null }));
  return {
    cameras: offer(cameras, state.pictures.map(({ name }) => name)),
    microphones: offer(microphones, state.sounds.map(({ name }) => name)),
  };
}
