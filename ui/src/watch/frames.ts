import { pageTime } from './clock';

/** A picture came on screen: its place in the media in seconds, and when by the page's clock, ms. */
export type OnFrame = (mediaTime: number, at: number) => void;

/** Calls `onFrame` for each new picture, or four times a second where the browser doesn't tell; answers an end. */
export function watchFrames(video: HTMLVideoElement, onFrame: OnFrame): () => void {
  return 'requestVideoFrameCallback' in video ? watchEach(video, onFrame) : watchSome(video, onFrame);
}

function watchEach(video: HTMLVideoElement, onFrame: OnFrame): () => void {
  let handle = 0;
  const next = (_: number, { mediaTime, expectedDisplayTime }: VideoFrameCallbackMetadata) => {
    onFrame(mediaTime, performance.timeOrigin + expectedDisplayTime);
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
    onFrame(last, pageTime());
  };
  video.addEventListener('timeupdate', update);
  return () => video.removeEventListener('timeupdate', update);
}
