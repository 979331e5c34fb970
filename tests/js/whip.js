// A publisher by WHIP as a web page is one: `window.whipPublish(url, key)` sends a picture that moves and a tone; answers
// 'connected', or why not. `window.whipEnd()` ends it.
window.whipPublish = async (url, key) => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [640, 360];
  const paint = canvas.getContext('2d');
  let step = 0;
  const draw = () => {
    paint.fillStyle = `hsl(${step % 360} 60% 50%)`;
    paint.fillRect(0, 0, 640, 360);
    paint.fillStyle = '#fff';
    paint.fillRect((step * 4) % 600, 150, 40, 40);
    step += 1;
  };
  draw();
  const timer = setInterval(draw, 1000 / 30);
  const sound = new AudioContext();
  const tone = sound.createOscillator();
  const out = sound.createMediaStreamDestination();
  tone.connect(out);
  tone.start();
  const peer = new RTCPeerConnection();
  const video = peer.addTransceiver(canvas.captureStream(30).getVideoTracks()[0], { direction: 'sendonly' });
  peer.addTransceiver(out.stream.getAudioTracks()[0], { direction: 'sendonly' });
  const { codecs } = RTCRtpSender.getCapabilities('video');
  const h264 = codecs.filter(({ mimeType, sdpFmtpLine = '' }) => mimeType === 'video/H264' && sdpFmtpLine.includes('packetization-mode=1'));
  if (h264.length === 0) return 'this browser has no encoder of H.264';
  video.setCodecPreferences(h264);
  await peer.setLocalDescription();
  const headers = { 'content-type': 'application/sdp', authorization: `Bearer ${key}` };
  const answer = await fetch(url, { method: 'POST', headers, body: peer.localDescription.sdp });
  const text = await answer.text();
  if (answer.status !== 201) return `answered ${answer.status}: ${text}`;
  const session = new URL(answer.headers.get('location'), answer.url);
  const connected = new Promise((done) => {
    peer.addEventListener('connectionstatechange', () => {
      if (peer.connectionState === 'connected' || peer.connectionState === 'failed') done(peer.connectionState);
    });
  });
  await peer.setRemoteDescription({ type: 'answer', sdp: text });
  window.whipEnd = async () => {
    clearInterval(timer);
    const { status } = await fetch(session, { method: 'DELETE', headers });
    peer.close();
    return status;
  };
  return connected;
};
