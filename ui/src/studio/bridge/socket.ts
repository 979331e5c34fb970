import type { PreviewAddress } from './bindings';
import type { Ears, Wire } from './bridge';

/** Opens the WebSocket on which the pictures come: of this machine alone. */
export function openSocket(address: PreviewAddress, ears: Ears): Wire {
  const socket = new WebSocket(`ws://127.0.0.1:${address.port}`);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => ears.opened();
  socket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) ears.message(data);
  };
  socket.onclose = () => ears.closed();
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => {
      socket.onclose = null;
      socket.onmessage = null;
      socket.close();
    },
  };
}
