import type { FastifyInstance } from 'fastify';
import type { Identity } from '../auth/identity.ts';
import type { Moderators } from '../auth/moderators.ts';
import { needScope, type Scope } from '../auth/scopes.ts';
import type { SignIn } from '../auth/sign-in.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a token must allow; who calls routes without one needs no token. Guests have all but `moderate`. */
    readonly scope?: Scope;
  }
  interface FastifyRequest {
    /** Who asks; `undefined` for guests. */
    identity: Identity | undefined;
  }
}

/**
 * Has routes with a scope ask for a token that allows it, and their description say so. Call it before the routes are added,
 * and after CORS, so that a page can read why it is refused.
 */
export function addSignIn(app: FastifyInstance, signIn: SignIn | undefined, moderators: Moderators): void {
  app.decorateRequest('identity', undefined);
  app.addHook('onRoute', (route) => {
    const scope = route.config?.scope;
    if (scope === 'moderate' || (scope !== undefined && signIn !== undefined))
      route.schema = { ...route.schema, security: [{ bearer: [scope] }] };
  });
  app.addHook('onRequest', async (request) => {
    const { scope } = request.routeOptions.config;
    if (scope === 'moderate') {
      request.identity = await moderators.whoModerates(request.raw);
      return;
    }
    if (scope === undefined || signIn === undefined) return;
    request.identity = await signIn.whoAsks(request.raw);
    needScope(request.identity.scopes, scope);
  });
}
