/**
 * The body that tells the server of `candidates`, which are all there are (RFC 8840, section 9). `description` is the
 * local one; everything goes over the transport of its first medium. `null` when it lacks what is needed.
 */
export function fragment(description: string, candidates: readonly string[]): string | null {
  const line = (start: string) => description.split(/\r?\n/).find((text) => text.startsWith(start));
  const head = ['a=ice-ufrag:', 'a=ice-pwd:', 'm=', 'a=mid:'].map(line);
  if (head.includes(undefined)) return null;
  const lines = [...head, ...candidates.map((candidate) => `a=${candidate}`), 'a=end-of-candidates'];
  return lines.map((text) => `${text}\r\n`).join('');
}

/** Asks for sound in stereo (RFC 7587, section 6.1), which some browsers fold into one channel unasked. */
export function wantStereo(description: string): string {
  const type = /^a=rtpmap:(\d+) opus\//im.exec(description)?.[1];
  if (type === undefined) return description;
  const parameters = new RegExp(`^a=fmtp:${type}(?!.*[ ;]stereo=) .*$`, 'm');
  return description.replace(parameters, '$&;stereo=1');
}
