/** The topic was deleted, or deleted and made again: what was read of it belongs to a log that is no more. */
export class TopicLost extends Error {
  override name = 'TopicLost';

  constructor(topic: string) {
    super(`the topic ${topic} was deleted or made again: restart the server, so that it reads the new one`);
  }
}
