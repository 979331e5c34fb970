import { gzipSync } from 'node:zlib';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin, Rolldown } from 'vite';
import { defineConfig } from 'vitest/config';

/** The viewer's page must come quickly on a phone: bytes of its own script, before compression. */
const LARGEST_WATCH = 150_000;
/** The studio's window opens from this machine's disk: bytes of all its scripts, compressed. */
const LARGEST_STUDIO = 400_000;

type Bundle = Rolldown.OutputBundle;

/** Bytes of an entry and all that it may load, compressed. */
function compressed(bundle: Bundle, name: string, seen = new Set<string>()): number {
  const chunk = bundle[name];
  if (chunk?.type !== 'chunk' || seen.has(name)) return 0;
  seen.add(name);
  const others = [...chunk.imports, ...chunk.dynamicImports];
  return others.reduce((bytes, other) => bytes + compressed(bundle, other, seen), gzipSync(chunk.code).length);
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

// One entry a page. The server hands out dist/watch.html for /watch/NAME and dist/assets/ for /assets/; the studio's
// window loads dist/studio.html.
export default defineConfig({
  plugins: [svelte(), refuseLargeEntries()],
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
