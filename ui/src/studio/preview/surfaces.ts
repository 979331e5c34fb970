import { keyOf, type Shown, type What } from './look';

/** A canvas that shows a tile. */
class Surface implements Shown {
  width = 0;
  height = 0;
  size = { width: 0, height: 0 };
  onScreen = false;

  /** The part of the page it is in: what is in one part stands together. */
  readonly part: Element;

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly what: What,
  ) {
    this.part = canvas.closest('section') ?? document.body;
  }

  settle(): void {
    this.width = this.onScreen ? this.size.width : 0;
    this.height = this.onScreen ? this.size.height : 0;
  }
}

/** The canvases of the page, and which of them can be seen at which size. */
export class Surfaces {
  readonly #surfaces = new Map<HTMLCanvasElement, Surface>();
  readonly #sizes: ResizeObserver;
  readonly #sights: IntersectionObserver;

  /** `changed` is called whenever what can be seen has changed. */
  constructor(private readonly changed: () => void) {
    this.#sizes = new ResizeObserver((entries) => this.#resized(entries));
    this.#sights = new IntersectionObserver((entries) => this.#sighted(entries));
  }

  /** Adds a canvas; the answer takes it away again. */
  register(canvas: HTMLCanvasElement, what: What): () => void {
    this.#surfaces.set(canvas, new Surface(canvas, what));
    this.#sizes.observe(canvas);
    this.#sights.observe(canvas);
    return () => {
      this.#surfaces.delete(canvas);
      this.#sizes.unobserve(canvas);
      this.#sights.unobserve(canvas);
      this.changed();
    };
  }

  shown(): Iterable<Shown> {
    return this.#surfaces.values();
  }

  /** The canvases in `part` that show what `what` is. */
  *showing(what: What, part: Element): Iterable<HTMLCanvasElement> {
    const key = keyOf(what);
    for (const surface of this.#surfaces.values()) {
      if (surface.onScreen && surface.part === part && keyOf(surface.what) === key) yield surface.canvas;
    }
  }

  /** The parts of the page that show something. */
  parts(): Set<Element> {
    return new Set([...this.#surfaces.values()].filter(({ onScreen }) => onScreen).map(({ part }) => part));
  }

  /** The part that shows the program, if one does. */
  partOfProgram(): Element | null {
    for (const { onScreen, part, what } of this.#surfaces.values()) if (onScreen && what.show === 'program') return part;
    return null;
  }

  #resized(entries: ResizeObserverEntry[]): void {
    for (const { target, contentRect } of entries) {
      const surface = this.#surfaces.get(target as HTMLCanvasElement);
      if (surface === undefined) continue;
      surface.size = { width: contentRect.width, height: contentRect.height };
      surface.settle();
    }
    this.changed();
  }

  #sighted(entries: IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const surface = this.#surfaces.get(target as HTMLCanvasElement);
      if (surface === undefined) continue;
      surface.onScreen = isIntersecting;
      surface.settle();
    }
    this.changed();
  }
}
