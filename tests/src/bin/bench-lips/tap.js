// Before the page loads: notes what is appended to its audio buffers, and when the picture flashes.
window.lips = { audio: [], flashes: [] };
const add = MediaSource.prototype.addSourceBuffer;
MediaSource.prototype.addSourceBuffer = function (type) {
  const buffer = add.call(this, type);
  buffer.ofAudio = type.startsWith("audio");
  return buffer;
};
const append = SourceBuffer.prototype.appendBuffer;
SourceBuffer.prototype.appendBuffer = function (data) {
  if (this.ofAudio) {
    const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
    window.lips.audio.push({ offset: this.timestampOffset, hex });
  }
  return append.call(this, data);
};
const canvas = new OffscreenCanvas(8, 8);
const pen = canvas.getContext("2d", { willReadFrequently: true });
let white = false;
const look = (video) => (_, frame) => {
  pen.drawImage(video, 0, 0, 8, 8);
  const now = pen.getImageData(4, 4, 1, 1).data[1] > 128;
  if (now && !white) window.lips.flashes.push(frame.mediaTime);
  white = now;
  video.requestVideoFrameCallback(look(video));
};
const find = setInterval(() => {
  const video = document.querySelector("video");
  if (!video) return;
  clearInterval(find);
  video.requestVideoFrameCallback(look(video));
}, 20);
