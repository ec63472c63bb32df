import { AclOperations, type Connection, metadataV12 } from '@platformatic/kafka';

/** Of a user, to a topic. */
export type TopicRight = 'Read' | 'Write';

/** A broker that does not tell which operations are allowed says this. */
const UNTOLD = -2_147_483_648;
const bits: Readonly<Record<TopicRight, number>> = { Read: 1 << AclOperations.READ, Write: 1 << AclOperations.WRITE };

/** Those of the rights that the user lacks; none where the broker does not tell. Nothing is read or written for it. */
export async function missingRights(
  connection: Connection,
  topic: string,
  wanted: readonly TopicRight[],
): Promise<TopicRight[]> {
  const { topics } = await metadataV12.api.async(connection, [topic], false, true);
  const allowed = topics[0]?.topicAuthorizedOperations ?? UNTOLD;
  return allowed === UNTOLD ? [] : wanted.filter((right) => (allowed & bits[right]) === 0);
}

/** What the broker would say at the first record. */
export class RightsMissing extends Error {
  readonly code = 'TOPIC_AUTHORIZATION_FAILED';
}
