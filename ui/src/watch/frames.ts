import { pageTime } from './clock';

/** A picture that came on screen. Times by the page's clock, ms. */
export interface Frame {
  /** Its place in the media, seconds of the video element. */
  mediaTime: number;
  /** When it came on screen. */
  at: number;
  /** Its RTP timestamp, which live connections alone have; `null` of others. */
  rtp: number | null;
}

export type OnFrame = (frame: Frame) => void;

/** Calls `onFrame` for each new picture, or four times a second where the browser doesn't tell; answers an end. */
export function watchFrames(video: HTMLVideoElement, onFrame: OnFrame): () => void {
  return 'requestVideoFrameCallback' in video ? watchEach(video, onFrame) : watchSome(video, onFrame);
}

function watchEach(video: HTMLVideoElement, onFrame: OnFrame): () => void {
  let handle = 0;
  const next = (_: number, metadata: VideoFrameCallbackMetadata) => {
    const { mediaTime, expectedDisplayTime, rtpTimestamp = null } = metadata;
    onFrame({ mediaTime, at: performance.timeOrigin + expectedDisplayTime, rtp: rtpTimestamp });
    handle = video.requestVideoFrameCallback(next);
  };
  handle = video.requestVideoFrameCallback(next);
  return () => video.cancelVideoFrameCallback(handle);
}

function watchSome(video: HTMLVideoElement, onFrame: OnFrame): () => void {
  let last = 0;
  const update = () => {
    if (video.seeking || video.currentTime === last) return;
    last = video.currentTime;
    onFrame({ mediaTime: last, at: pageTime(), rtp: null });
  };
  video.addEventListener('timeupdate', update);
  return () => video.removeEventListener('timeupdate', update);
}
