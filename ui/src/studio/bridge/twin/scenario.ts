import type { Back, Failure, PastShow, Phase, PlaceState, State } from '../bindings';
import { type Checking, localCheck } from './check';
import { checkedBadly, checkedHalf, checkedWell, farShow, foundShow, onceShow } from './checked';
import { earlierShows } from './earlier';
import { emptyShow, fullShow, place } from './show';
import { unreachable } from './stage';
import { onBattery, strained } from './strained';

/** How a twin begins. */
export interface Scenario {
  phase: Phase;
  /** What it tells a moment later of the same phase, if it does. */
  then: Phase | null;
  state: State;
  /** Whether the window is asked to close at once. */
  closing: boolean;
  /** Whether it falls silent at once. */
  lost: boolean;
  /** The place that has just become better, if one has. */
  better: string | null;
  earlier: PastShow[];
  /** Why the file for support can't be made, and why it can't be saved. */
  unmade: Failure | null;
  unsaved: Failure | null;
  /** What a check comes to. */
  checking: Checking;
}

const running = { phase: 'running', preview: { port: 0, token: 'twin' } } satisfies Phase;
const locked = { code: 'key.locked', sentence: 'the keyring is locked' };
const crashed = { code: 'show.crashed', sentence: 'If you begin another show, this one is kept as /home/host/show.toml.kept-1.' };
const unmade = { code: 'history.unreadable', sentence: 'line 1 is cut off' };
const unwritable = { code: 'bundle.unwritable', sentence: 'No space is left on the disk.' };
const corrupt = { code: 'show.syntax', sentence: 'line 3, column 7: a value is missing. The file is kept as /home/host/show.toml.kept-1.' };

/** A show that runs since the studio crashed. */
function cameBack(back: Back): Phase {
  return { ...running, back };
}

function live(): State {
  return { ...fullShow(), live: { seconds: 754 } };
}

function away(): State {
  const [first] = fullShow().places;
  const advice = 'The place does not answer and is tried again by itself: check that this computer is online.';
  const lost: PlaceState = {
    ...place('Second place', 'rtmp://push.example.com/app'),
    error: unreachable,
    skipped: 1520,
    standing: { quality: 0, strength: 'broken' },
    diagnosis: { cause: 'place.unreachable', side: 'uplink', advice, seconds: 51 },
  };
  return { ...live(), places: first ? [first, lost] : [lost] };
}

function refused(): State {
  const [first] = fullShow().places;
  const lost: PlaceState = {
    ...place('Second place', 'rtmp://push.example.com/app'),
    error: { code: 'rtmp.rejected', sentence: 'the server refused the stream key' },
    standing: { quality: 0, strength: 'broken' },
    diagnosis: {
      cause: 'place.refused',
      side: 'server',
      advice: 'The place does not let the show in: check its stream key, and whether you may go live there now.',
      seconds: 51,
    },
  };
  return { ...live(), places: first ? [first, lost] : [lost] };
}

/** A line that carries one place well, one coarser, and one not at all. */
function weak(): State {
  const [first] = fullShow().places;
  const advice = 'Your upload is too slow for this picture quality: choose a lower one, or stop other uploads.';
  const second: PlaceState = {
    ...place('Second place', 'rtmp://push.example.com/app'),
    line: 'weak',
    skipped: 18,
    standing: { quality: 24, strength: 'enough' },
    diagnosis: { cause: 'line.full', side: 'uplink', advice, seconds: 42 },
  };
  const third: PlaceState = {
    ...place('Third place', 'srt://live.example.com:9000'),
    line: 'paused',
    skipped: 310,
    standing: { quality: 0, strength: 'weak' },
  };
  return { ...live(), places: first ? [first, second, third] : [second, third] };
}

/** A show that is more than its places take. */
function advised(): State {
  const advice = [
    { exceeded: 'video', has: 8000, most: 6000 },
    { exceeded: 'landscape', has: 1280, most: 720 },
  ] as const;
  const small = { ...place('Instagram', 'rtmps://edgetee-upload.example.com:443/rtmp'), platform: 'instagram', advice: [...advice] };
  const shop = { ...place('Twitch', 'rtmps://live.twitch.tv/app'), platform: 'twitch', bitrate: 8000, advice: advice.slice(0, 1) };
  return { ...fullShow(), places: [shop, small] };
}

function trouble(): State {
  const show = live();
  show.pictures = show.pictures.map((each, at) => (at === 1 ? { ...each, live: false, reason: 'it was unplugged' } : each));
  show.sounds = show.sounds.map((each, at) => (at === 1 ? { ...each, mute: true, spoken_unheard: true } : each));
  return show;
}

/** The same show, named as somebody names it who never thought of the width of a column. */
function long(): State {
  const names: Record<string, string> = {
    'Host camera': '主播正面高清摄像头（一号机位）',
    'Table camera': '产品特写俯拍摄像头（二号机位）',
    Title: '片头标题卡',
    'Desk microphone': '主播桌面电容麦克风（备用）',
    'Clip-on microphone': '嘉宾领夹式无线麦克风一号',
    'Tea shop': '秋季新茶品鉴旗舰店官方直播间',
    'Second place': '第二平台：同城生活服务与本地优惠直播间',
    Host: '主播讲解与观众互动',
    'Product close up': '产品特写与细节展示',
    'Host and product': '主播和产品同框画面',
    'Title card': '开场标题',
  };
  const text = JSON.stringify({ ...away(), show: '秋季新茶品鉴会：武夷岩茶、安溪铁观音与云南普洱专场' });
  return JSON.parse(Object.entries(names).reduce((all, [from, to]) => all.replaceAll(`"${from}"`, `"${to}"`), text)) as State;
}

/** How the twin called `name` begins. */
export function scenarioOf(name: string): Scenario {
  const begin = (state: State, phase: Phase = running) => ({
    phase,
    then: null,
    state,
    closing: false,
    lost: false,
    better: null,
    earlier: earlierShows,
    unmade: null,
    unsaved: null,
    checking: localCheck(state.places),
  });
  switch (name) {
    case 'advised':
      return begin(advised());
    case 'opening':
      return begin(fullShow(), { phase: 'opening' });
    case 'offer':
      return begin(fullShow(), { phase: 'offer', show: 'Autumn tea tasting', reason: crashed });
    case 'corrupt':
      return begin(fullShow(), { phase: 'offer', show: 'Autumn tea tasting', reason: corrupt });
    case 'failed':
      return begin(fullShow(), { phase: 'failed', failure: { code: 'graphics.none', sentence: 'no graphics adapter was found' } });
    case 'empty':
      return { ...begin(emptyShow()), earlier: [] };
    case 'live':
      return begin(live());
    case 'weak':
      return begin(weak());
    case 'strained':
      return begin(strained(live()));
    case 'battery':
      return begin(onBattery(live()));
    case 'better':
      return { ...begin(live()), better: 'Tea shop' };
    case 'away':
      return begin(away());
    case 'refused':
      return begin(refused());
    case 'long':
      return begin(long());
    case 'trouble':
      return begin(trouble());
    case 'covered':
      return begin({ ...live(), covered: true });
    case 'file-unmade':
      return { ...begin(weak()), unmade };
    case 'file-unsaved':
      return { ...begin(weak()), unsaved: unwritable };
    case 'check-well':
      return { ...begin(farShow()), checking: checkedWell };
    case 'check-running':
      return { ...begin(farShow()), checking: checkedHalf };
    case 'check-trouble':
      return { ...begin(foundShow()), checking: checkedBadly };
    case 'once':
      return { ...begin(onceShow()), checking: checkedWell };
    case 'once-live':
      return begin({ ...onceShow(), live: { seconds: 754 } });
    case 'back':
      return begin({ ...live(), resume: true, live: { seconds: 4 } }, cameBack({ live: true }));
    case 'back-off':
      return { ...begin({ ...fullShow(), resume: true }, cameBack({ live: true })), then: cameBack({ live: false, failure: locked }) };
    case 'closing':
      return { ...begin(live()), closing: true };
    case 'lost':
      return { ...begin(live()), lost: true };
    case 'unsaved':
      return begin({ ...fullShow(), not_saved: { code: 'show.disk_full', sentence: 'no space left' } });
    default:
      return begin(fullShow());
  }
}
