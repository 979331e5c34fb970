import { brotliCompressSync, gzipSync } from 'node:zlib';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin, Rolldown } from 'vite';
import { defineConfig } from 'vitest/config';

/** The viewer's page must come quickly on a phone: bytes of its own script, before compression. */
const LARGEST_WATCH = 150_000;
/** The studio's window opens from this machine's disk: bytes of all its scripts, compressed. */
const LARGEST_STUDIO = 400_000;

type Bundle = Rolldown.OutputBundle;

/** File names of an entry and all that it may load. */
function reached(bundle: Bundle, name: string, seen = new Set<string>()): Set<string> {
  const chunk = bundle[name];
  if (chunk?.type !== 'chunk' || seen.has(name)) return seen;
  seen.add(name);
  for (const other of [...chunk.imports, ...chunk.dynamicImports]) reached(bundle, other, seen);
  for (const style of chunk.viteMetadata?.importedCss ?? []) seen.add(style);
  return seen;
}

/** Bytes of an entry and all that it may load, compressed. */
function compressed(bundle: Bundle, name: string): number {
  const chunks = [...reached(bundle, name)].map((file) => bundle[file]);
  return chunks.reduce((bytes, chunk) => bytes + (chunk?.type === 'chunk' ? gzipSync(chunk.code).length : 0), 0);
}

function refuseLargeEntries(): Plugin {
  return {
    name: 'refuse-large-entries',
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk' || !chunk.isEntry) continue;
        const isStudio = chunk.name === 'studio';
        const bytes = isStudio ? compressed(bundle, chunk.fileName) : chunk.code.length;
        const largest = isStudio ? LARGEST_STUDIO : LARGEST_WATCH;
        if (bytes > largest) this.error(`${chunk.fileName} has ${bytes} bytes, more than ${largest}`);
      }
    },
  };
}

/** Lays scripts and styles of the viewer's page ready as they go over the network. */
function packWatch(): Plugin {
  return {
    name: 'pack-watch',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const entry = Object.values(bundle).find((file) => file.type === 'chunk' && file.isEntry && file.name === 'watch');
        if (entry === undefined) return;
        for (const fileName of reached(bundle, entry.fileName)) {
          const file = bundle[fileName];
          if (file === undefined) continue;
          const bytes = Buffer.from(file.type === 'chunk' ? file.code : file.source);
          this.emitFile({ type: 'asset', fileName: `${fileName}.gz`, source: gzipSync(bytes, { level: 9 }) });
          this.emitFile({ type: 'asset', fileName: `${fileName}.br`, source: brotliCompressSync(bytes) });
        }
      },
    },
  };
}

// One entry a page. The server hands out dist/watch.html for /watch/NAME and dist/assets/ for /assets/; the studio's
// window loads dist/studio.html.
export default defineConfig({
  plugins: [svelte(), refuseLargeEntries(), packWatch()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The two players are large, but load only when the page has chosen one of them.
    chunkSizeWarningLimit: 700,
    rolldownOptions: { input: { watch: 'watch.html', studio: 'studio.html' } },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
