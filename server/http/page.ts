import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fastifyStatic } from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const FOR_EVER = 'public, max-age=31536000, immutable';
const ASSETS = `${sep}assets${sep}`;

/** A view of the page with a path of its own: the page itself looks which one it is. */
const VIEW = '/lab';

const MISSING = `<!doctype html>
<html lang="en">
<title>Towncrier: the page is not built</title>
<h1>The page is not built</h1>
<p>The server runs, but it has no page to show. Run <code>npm run build</code>, then start it again.</p>
</html>
`;

/**
 * Serves the built page. The names of what lies in `assets` carry a hash of their content, so browsers keep these files for
 * ever; everything else is asked for again each time, by its ETag. The files were compressed when the page was built.
 */
export async function addPage(app: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) {
    for (const path of ['/', '/index.html', VIEW]) {
      app.get(path, { schema: { hide: true } }, async (_request, reply) =>
        reply.code(503).type('text/html; charset=utf-8').header('Cache-Control', 'no-store').send(MISSING),
      );
    }
    return;
  }
  await app.register(fastifyStatic, {
    root: folder,
    // A route for each file, so that what is not there is known, and a wrong method can be told from a wrong path.
    wildcard: false,
    // The operator's page is the admin port's.
    globIgnore: ['**/*.br', '**/*.gz', 'ops.html'],
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => void reply.header('Cache-Control', path.includes(ASSETS) ? FOR_EVER : 'no-cache'),
  });
  app.get('/docs', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs/', 308));
  app.get(VIEW, { schema: { hide: true } }, (_request, reply) => reply.sendFile('index.html'));
}
