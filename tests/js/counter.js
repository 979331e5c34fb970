// Reads the frame counter burnt into the picture: the twin of crates/media/src/counter.rs, which describes it.
(() => {
  const BLOCK = 16;
  const BLOCKS = 40;
  const WIDTH = BLOCK * BLOCKS;
  // Luma 128 of 16 to 235, as the browser shows it in RGB.
  const THRESHOLD = ((128 - 16) * 255) / 219;
  const context = Object.assign(document.createElement('canvas'), { width: WIDTH, height: BLOCK }).getContext('2d', {
    willReadFrequently: true,
  });

  const crc8 = (bytes) =>
    bytes.reduce((crc, byte) => {
      crc ^= byte;
      for (let i = 0; i < 8; i++) crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : crc << 1;
      return crc;
    }, 0);

  const mean = (pixels, block) => {
    let sum = 0;
    for (let y = 4; y < 12; y++) {
      for (let x = block * BLOCK + 4; x < block * BLOCK + 12; x++) {
        const at = (y * WIDTH + x) * 4;
        sum += 0.2126 * pixels[at] + 0.7152 * pixels[at + 1] + 0.0722 * pixels[at + 2];
      }
    }
    return sum / 64;
  };

  /** The counter in `image` (a video, a canvas) at its natural size; null when it can't be read. */
  const read = (image) => {
    context.drawImage(image, 0, 0, WIDTH, BLOCK, 0, 0, WIDTH, BLOCK);
    const pixels = context.getImageData(0, 0, WIDTH, BLOCK).data;
    const bytes = [0, 0, 0, 0, 0];
    for (let block = 0; block < BLOCKS; block++) {
      bytes[block >> 3] = (bytes[block >> 3] << 1) | (mean(pixels, block) >= THRESHOLD ? 1 : 0);
    }
    const check = bytes.pop();
    return crc8(bytes) === check ? bytes.reduce((value, byte) => value * 256 + byte, 0) : null;
  };

  /**
   * Notes the counter of each picture that the video shows from now on; the newest 10 000 are kept. Publishers count from 1;
   * a dark picture, as a slate's, reads as 0. Where counting begins anew another publisher does.
   */
  const record = (video) => {
    const seen = [];
    let newest = null;
    let highest = 0;
    let publishers = 1;
    const next = (_, { expectedDisplayTime, mediaTime }) => {
      if (seen.length >= 10_000) seen.shift();
      newest = read(video);
      if (newest > 0) {
        if (newest < highest) publishers += 1;
        highest = newest;
      }
      const said = window.anchorStats?.() ?? {};
      seen.push({
        counter: newest,
        shown: performance.timeOrigin + expectedDisplayTime,
        mediaTime,
        said: said.delayMs ?? null,
        saidError: said.delayErrorMs ?? null,
      });
      video.requestVideoFrameCallback(next);
    };
    video.requestVideoFrameCallback(next);
    window.frameCounter.take = () => seen.splice(0);
    window.frameCounter.count = () => seen.length;
    window.frameCounter.newest = () => newest;
    window.frameCounter.publishers = () => publishers;
  };

  window.frameCounter = { read, record, take: () => [], count: () => 0, newest: () => null, publishers: () => 0 };
})();
