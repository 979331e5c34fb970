/** What the page was asked for by its address. */
export interface Address {
  /** Name of the show, as in /watch/NAME. */
  show: string;
  /** The way of delivery the link asks for, for support and tests. */
  via: 'whep' | 'flv' | 'll-hls' | null;
  /** The language the link asks for. */
  language: string | null;
}

/** Reads `/watch/NAME?via=…&lang=…`; `null` when there is no name in it. */
export function parseAddress(url: URL): Address | null {
  const encoded = /^\/watch\/([^/]+)\/?$/.exec(url.pathname)?.[1];
  const show = encoded === undefined ? null : decode(encoded);
  if (show === null) return null;
  const via = url.searchParams.get('via');
  return {
    show,
    via: via === 'whep' || via === 'flv' || via === 'll-hls' ? via : null,
    language: url.searchParams.get('lang'),
  };
}

/** Where the server keeps what belongs to `show`. */
export function places(show: string) {
  const name = encodeURIComponent(show);
  return {
    status: `/live/${name}/status`,
    whep: `/whep/${name}`,
    flv: `/live/${name}.flv`,
    hls: `/live/${name}/index.m3u8`,
    beat: `/watch/${name}/beat`,
    time: '/time',
  };
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
