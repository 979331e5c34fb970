// What parsers of others read in a playlist or manifest: `node parsers.js PARSER URL < TEXT` prints it as JSON.
import { readFileSync } from 'node:fs';
import { parse as parsePlaylist } from 'hls-parser';
import { Parser } from 'm3u8-parser';
import { parse as parseManifest } from 'mpd-parser';

const [parser, url] = process.argv.slice(2);
const text = readFileSync(0, 'utf8');

/** All warnings count: what isn't understood is read over by these. */
const warnings = [];

const read = {
  'hls-parser': () => {
    const { segments, partTargetDuration, targetDuration, mediaSequenceBase, discontinuitySequenceBase, lowLatencyCompatibility, renditionReports, skip, prefetchSegments } =
      parsePlaylist(text);
    return {
      target: targetDuration,
      part: partTargetDuration,
      first: mediaSequenceBase,
      discontinuities: discontinuitySequenceBase,
      control: lowLatencyCompatibility,
      reports: renditionReports?.length ?? 0,
      skipped: skip ?? 0,
      prefetched: prefetchSegments?.length ?? 0,
      // The one that grows has no address of its own yet.
      segments: segments.filter(({ uri }) => uri).map(({ uri, duration, parts, programDateTime }) => ({ uri, duration, parts: parts.filter((p) => !p.hint).map((p) => p.duration), utc: programDateTime?.toISOString() ?? null })),
      growing: segments.filter(({ uri }) => !uri).flatMap(({ parts }) => parts).filter((p) => !p.hint).length,
    };
  },
  'm3u8-parser': () => {
    const reader = new Parser({ url });
    reader.on('warn', ({ message }) => warnings.push(message));
    reader.push(text);
    reader.end();
    const { segments, targetDuration, partTargetDuration, mediaSequence, discontinuitySequence, serverControl, preloadSegment, renditionReports, skip } = reader.manifest;
    return {
      target: targetDuration,
      part: partTargetDuration,
      first: mediaSequence,
      discontinuities: discontinuitySequence,
      control: serverControl,
      reports: renditionReports?.length ?? 0,
      skipped: skip?.skippedSegments ?? 0,
      segments: segments.map(({ uri, duration, parts, dateTimeString }) => ({ uri, duration, parts: (parts ?? []).map((p) => p.duration), utc: dateTimeString ?? null })),
      growing: preloadSegment?.parts?.length ?? 0,
    };
  },
  'mpd-parser': () => {
    const report = ({ type, message }) => (type === 'warn' ? warnings.push(message) : undefined);
    const { playlists, mediaGroups, minimumUpdatePeriod, timelineStarts, suggestedPresentationDelay, duration } = parseManifest(text, { manifestUri: url, eventHandler: report });
    const sound = Object.values(mediaGroups.AUDIO.audio ?? {}).flatMap(({ playlists }) => playlists);
    const told = ({ attributes, segments, mediaSequence, targetDuration, endList }) => ({
      codecs: attributes.CODECS,
      resolution: attributes.RESOLUTION ?? null,
      first: mediaSequence,
      target: targetDuration,
      ended: endList,
      segments: segments.map(({ resolvedUri, duration, number, presentationTime, map }) => ({ uri: resolvedUri, duration, number, presentationTime, init: map.resolvedUri })),
    });
    return { minimumUpdatePeriod, delay: suggestedPresentationDelay, duration, periods: timelineStarts, video: playlists.map(told), audio: sound.map(told) };
  },
};

console.log(JSON.stringify({ ...read[parser](), warnings }));
