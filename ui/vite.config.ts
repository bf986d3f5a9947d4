import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** The policy of the product's window (`tauri.conf.json`), so that a rehearsal runs under the same rules. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  'connect-src ipc: http://ipc.localhost',
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export default defineConfig(({ mode }) => {
  // Which host answers is decided here and nowhere else: the product's bundle holds no fixture, the rehearsal's no door
  // to Tauri.
  const rehearsal = mode === 'rehearsal' || mode === 'test';
  const host = rehearsal ? './src/host/rehearsal/index.ts' : './src/host/tauri.ts';
  return {
    plugins: [svelte()],
    resolve: {
      alias: { '#host': fileURLToPath(new URL(host, import.meta.url)) },
      // Without this, tests would mount the server's half of Svelte.
      conditions: mode === 'test' ? ['browser'] : undefined,
    },
    server: { fs: { allow: ['..'] } },
    preview: { headers: { 'Content-Security-Policy': contentSecurityPolicy } },
    build: {
      outDir: mode === 'rehearsal' ? 'dist-rehearsal' : 'dist',
      target: ['safari17', 'chrome120'],
      assetsInlineLimit: 0,
      cssCodeSplit: false,
      modulePreload: { polyfill: false },
    },
    test: {
      environment: 'jsdom',
      css: true,
      include: ['src/**/*.test.ts'],
      setupFiles: ['src/testing/setup.ts'],
      testTimeout: 120_000,
    },
  };
});
