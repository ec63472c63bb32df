import { preact } from '@preact/preset-vite';
import type { UserConfig } from 'vite';
import { precompress } from './build/precompress.ts';

const config: UserConfig = {
  base: '/',
  plugins: [preact(), precompress()],
  build: {
    target: 'es2022',
    // Nothing is inlined: the page's Content-Security-Policy allows no data: URLs, and every browser of the target preloads.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      '/api': 'http://localhost:8080',
      '/stream': 'http://localhost:8080',
      '/ws-endpoint': { target: 'http://localhost:8080', ws: true },
    },
  },
};

export default config;
