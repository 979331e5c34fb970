import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// One entry a page. The server hands out dist/watch.html for /watch/NAME and dist/assets/ for /assets/.
export default defineConfig({
  plugins: [svelte()],
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
