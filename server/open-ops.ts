import type { RequestListener } from 'node:http';
import type { Settings } from './config/settings.ts';
import { adminAccess } from './http/admin-access.ts';
import type { Logger } from './log.ts';
import { Fleet } from './ops/fleet.ts';
import { createOps } from './ops/routes.ts';
import type { Operated } from './ops/state.ts';

export interface OpsStart {
  readonly settings: Pick<Settings, 'ADMIN_TOKEN' | 'ADMIN_PEERS'>;
  readonly log: Logger;
  /** Folder of the built page. */
  readonly page: string;
}

/** The operator's view of what runs in this process, or is its worker, and of the peers that the settings name. */
export async function openOps({ settings, log, page }: OpsStart, own: Operated): Promise<RequestListener> {
  const { ADMIN_TOKEN: token, ADMIN_PEERS: peers } = settings;
  const fleet = new Fleet({ own, peers, token, log });
  const app = await createOps({ log, access: adminAccess(token), own, fleet, page });
  return (request, response) => app.routing(request, response);
}
