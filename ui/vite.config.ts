import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** The page's own script must come quickly on a phone: bytes, before compression. */
const LARGEST_ENTRY = 150_000;

function refuseLargeEntries(): Plugin {
  return {
    name: 'refuse-large-entries',
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === 'chunk' && chunk.isEntry && chunk.code.length > LARGEST_ENTRY) {
          this.error(`${chunk.fileName} has ${chunk.code.length} bytes, more than ${LARGEST_ENTRY}`);
        }
      }
    },
  };
}

// One entry a page. The server hands out dist/watch.html for /watch/NAME and dist/assets/ for /assets/.
export default defineConfig({
  plugins: [svelte(), refuseLargeEntries()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The two players are large, but load only when the page has chosen one of them.
    chunkSizeWarningLimit: 700,
    rolldownOptions: { input: { watch: 'watch.html' } },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
