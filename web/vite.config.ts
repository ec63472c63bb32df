import { join } from 'node:path';
import { preact } from '@preact/preset-vite';
import type { UserConfig } from 'vite';
import { documents } from './build/documents.ts';
import { precompress } from './build/precompress.ts';

const config: UserConfig = {
  base: '/',
  plugins: [preact(), documents(join(import.meta.dirname, '..')), precompress()],
  // The library as it is made for browsers; its modules are made for Node.
  resolve: { alias: { 'sockjs-client': 'sockjs-client/dist/sockjs.min.js' } },
  build: {
    target: 'es2022',
    // Nothing is inlined: the page's Content-Security-Policy allows no data: URLs, and every browser of the target preloads.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: [
        join(import.meta.dirname, 'index.html'),
        join(import.meta.dirname, 'ops.html'),
        join(import.meta.dirname, 'src/docs/docs.ts'),
      ],
    },
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
