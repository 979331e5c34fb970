import type { Finding, HealthLevel } from '../bridge/bindings';
import type { Phrase } from '../words/words';

/** What a finding is about. */
export type About = 'upload' | 'places' | 'cameras' | 'sound' | 'machine';

/** What is said of a thing that would spoil the show. */
export interface Words {
  what: Phrase;
  /** What a seller can do about it. */
  advice: Phrase;
  about: About;
}

const words = (about: About, what: Phrase, advice: Phrase): Words => ({ about, what, advice });

/** Everything that a check finds, by the code that programs know it by. */
export const findings: Readonly<Record<string, Words>> = {
  'check.no_place': words('places', 'foundNoPlace', 'foundNoPlaceAdvice'),
  'check.key_missing': words('places', 'foundKeyMissing', 'foundKeyMissingAdvice'),
  'check.key_odd': words('places', 'foundKeyOdd', 'foundKeyOddAdvice'),
  'check.unreachable': words('places', 'foundUnreachable', 'foundUnreachableAdvice'),
  'check.untrusted': words('places', 'foundUntrusted', 'foundUntrustedAdvice'),
  'check.strange': words('places', 'foundStrange', 'foundStrangeAdvice'),
  'check.here': words('places', 'foundHere', 'foundHereAdvice'),
  'check.upload_small': words('upload', 'foundUploadSmall', 'foundUploadSmallAdvice'),
  'check.upload_tight': words('upload', 'foundUploadTight', 'foundUploadTightAdvice'),
  'check.upload_slow': words('upload', 'foundUploadSlow', 'foundUploadSlowAdvice'),
  'check.upload_unsteady': words('upload', 'foundUploadUnsteady', 'foundUploadUnsteadyAdvice'),
  'check.upload_unknown': words('upload', 'foundUploadUnknown', 'foundUploadUnknownAdvice'),
  'check.camera_none': words('cameras', 'foundCameraNone', 'foundCameraNoneAdvice'),
  'check.camera_lost': words('cameras', 'foundCameraLost', 'foundCameraLostAdvice'),
  'check.camera_slow': words('cameras', 'foundCameraSlow', 'foundCameraSlowAdvice'),
  'check.cameras_share': words('cameras', 'foundCamerasShare', 'foundCamerasShareAdvice'),
  'check.microphone_none': words('sound', 'foundMicrophoneNone', 'foundMicrophoneNoneAdvice'),
  'check.microphone_lost': words('sound', 'foundMicrophoneLost', 'foundMicrophoneLostAdvice'),
  'check.microphone_silent': words('sound', 'foundMicrophoneSilent', 'foundMicrophoneSilentAdvice'),
  'check.microphone_muted': words('sound', 'foundMicrophoneMuted', 'foundMicrophoneMutedAdvice'),
  'check.disk': words('machine', 'foundDisk', 'foundDiskAdvice'),
  'check.battery': words('machine', 'foundBattery', 'foundBatteryAdvice'),
  'check.saving': words('machine', 'foundSaving', 'foundSavingAdvice'),
  'check.busy': words('machine', 'foundBusy', 'foundBusyAdvice'),
  'check.memory': words('machine', 'foundMemory', 'foundMemoryAdvice'),
};

/** What is said of a finding; `null` for one the page doesn't know. */
export function wordsOf(code: string): Words | null {
  return Object.hasOwn(findings, code) ? (findings[code] ?? null) : null;
}

const badness: Record<HealthLevel, number> = { bad: 2, warning: 1, good: 0 };

/** The worst first; those that are equally bad stay in their order. */
export function worstFirst(all: readonly Finding[]): Finding[] {
  return all.toSorted((a, b) => badness[b.level] - badness[a.level]);
}
