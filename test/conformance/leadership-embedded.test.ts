import { SoleLeader } from '../../server/engines/embedded/sole-leader.ts';
import { leadershipConformance } from './leadership.ts';

leadershipConformance('in process', async () => {
  const members = new Set<SoleLeader>();
  return { join: async () => new SoleLeader(members), remove: async () => undefined };
});
