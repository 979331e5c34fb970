import type { PreviewAddress } from '../bridge/bindings';
import type { Bridge, Wire } from '../bridge/bridge';
import type { Measure } from '../measure';
import { Decoder } from './decode';
import { Painter } from './draw';
import { isSoftware, type Look, rateFor, sameLook, type Tile, tilesOf, type What } from './look';
import { type Levels, type Packet, parsePacket } from './packet';
import { Surfaces } from './surfaces';

/** Milliseconds a changed look waits for the next change. */
const SETTLE = 60;
const RECONNECT = 500;
/** Looks of which pictures may still be under way. */
const LOOKS_KEPT = 32;

/**
 * Draws the pictures of the show into the canvases registered with it. No picture and no level passes through the
 * page's own state.
 */
export class Preview {
  readonly #surfaces = new Surfaces(() => this.#lookSoon());
  readonly #painter = new Painter(this.#surfaces);
  readonly #decoder = new Decoder();
  readonly #levels = new Set<(levels: Levels) => void>();
  #address: PreviewAddress | null = null;
  #wire: Wire | null = null;
  #open = false;
  #rate = 30;
  #look: Look | null = null;
  /** Number of looks sent on this wire, and the tiles of the newest. */
  #looks = 0;
  readonly #tiles = new Map<number, Tile[]>();
  /** Number of the newest picture drawn. */
  #newest = -1;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly connect: Bridge['connect'],
    private readonly measure: Measure,
  ) {
    document.addEventListener('visibilitychange', () => this.#lookSoon());
    window.addEventListener('resize', () => this.#lookSoon());
  }

  /** Opens the way of the pictures, unless it is open to that address already. */
  open(address: PreviewAddress): void {
    if (this.#address?.port === address.port && this.#address.token === address.token) return;
    this.#address = address;
    this.#reconnect();
  }

  /** Asks for as many pictures as suit the graphics adapter, and draws them so. */
  suit(adapter: string): void {
    this.#painter.together = !isSoftware(adapter);
    const rate = rateFor(adapter);
    if (rate === this.#rate) return;
    this.#rate = rate;
    this.#lookSoon();
  }

  /** Shows `what` in a canvas; the answer ends it. */
  register(canvas: HTMLCanvasElement, what: What): () => void {
    return this.#surfaces.register(canvas, what);
  }

  /** Calls `ear` with the levels of each picture; the answer ends it. */
  onLevels(ear: (levels: Levels) => void): () => void {
    this.#levels.add(ear);
    return () => this.#levels.delete(ear);
  }

  #reconnect(): void {
    clearTimeout(this.#again);
    this.#wire?.close();
    this.#open = false;
    this.#look = null;
    this.#looks = 0;
    this.#newest = -1;
    this.#tiles.clear();
    this.#painter.restart();
    const address = this.#address;
    if (address === null) return;
    const wire = this.connect(address, {
      opened: () => {
        this.#open = true;
        wire.send(JSON.stringify({ token: address.token }));
        this.#sendLook();
      },
      message: (bytes) => void this.#message(wire, bytes),
      closed: () => {
        this.#open = false;
        this.#again = setTimeout(() => this.#reconnect(), RECONNECT);
      },
    });
    this.#wire = wire;
  }

  #lookSoon(): void {
    if (this.#settling !== undefined) return;
    this.#settling = setTimeout(() => {
      this.#settling = undefined;
      this.#sendLook();
    }, SETTLE);
  }

  #sendLook(): void {
    if (!this.#open) return;
    const tiles = document.hidden ? [] : tilesOf(this.#surfaces.shown(), window.devicePixelRatio);
    const look = { tiles, rate: this.#rate };
    if (this.#look !== null && sameLook(look, this.#look)) return;
    this.#look = look;
    this.#looks += 1;
    this.#tiles.set(this.#looks, tiles);
    this.#tiles.delete(this.#looks - LOOKS_KEPT);
    this.#wire?.send(JSON.stringify({ look }));
  }

  async #message(wire: Wire, bytes: ArrayBuffer): Promise<void> {
    const packet = parsePacket(bytes);
    if (packet === null) return;
    const began = performance.now();
    try {
      await this.#draw(packet);
    } finally {
      // A picture that can't be drawn is acknowledged too: else none would come any more.
      wire.send(JSON.stringify({ drawn: packet.header.n }));
    }
    this.measure.drawn(packet.header, bytes.byteLength, began, performance.now());
  }

  async #draw({ header, jpeg }: Packet): Promise<void> {
    const levels = () => {
      for (const ear of this.#levels) if (header.levels) ear(header.levels);
    };
    if (jpeg.byteLength === 0) return levels();
    const atlas = await this.#decoder.decode(jpeg);
    // Two may be decoded at a time: the older one must not be drawn over the newer.
    if (header.n <= this.#newest) return atlas.close();
    this.#newest = header.n;
    this.#painter.draw({ atlas, header, tiles: this.#tiles.get(header.l) ?? [], levels });
  }
}
