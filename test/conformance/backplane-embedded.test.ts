import { InProcessBackplane } from '../../server/engines/embedded/in-process-backplane.ts';
import { backplaneConformance } from './backplane.ts';

backplaneConformance('in process', async () => {
  const peers = new Set<InProcessBackplane>();
  return { connect: async () => new InProcessBackplane(peers), remove: async () => undefined };
});
