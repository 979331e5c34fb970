/** A decoded picture. It may be drawn until it is closed. */
export interface Atlas {
  readonly image: CanvasImageSource;
  close(): void;
}

/** Image elements kept for pictures to come: one or two are decoded while one is drawn. */
const KEPT = 4;

/**
 * Decodes JPEGs, off the page's thread, in image elements that are used again and again. Of each picture that goes
 * through `createImageBitmap` WebKitGTK 2.50 keeps 4 kB for good, which is 200 MB an hour; an element for each picture
 * holds them all until memory is tidied up.
 */
export class Decoder {
  readonly #free: HTMLImageElement[] = [];

  /** The picture; fails where the bytes are none. */
  async decode(jpeg: Uint8Array<ArrayBuffer>): Promise<Atlas> {
    const image = this.#free.pop() ?? new Image();
    const url = URL.createObjectURL(new Blob([jpeg], { type: 'image/jpeg' }));
    let open = true;
    const close = () => {
      if (open && this.#free.length < KEPT) this.#free.push(image);
      open = false;
    };
    try {
      image.src = url;
      await image.decode();
    } catch (error) {
      close();
      throw error;
    } finally {
      URL.revokeObjectURL(url);
    }
    return { image, close };
  }
}
