import { counter, gauge, histogram, type Metric } from './metric.ts';

/** Messages on their way: commits, news of other instances, and what went wrong with them. */
export const chatMetrics: readonly Metric[] = [
  counter(
    'towncrier_chat_sends_total',
    'Messages that clients sent, by what became of them.',
    ({ chat: { stats } }) => [
      [{ outcome: 'accepted' }, stats.accepted],
      [{ outcome: 'resent' }, stats.resent],
      [{ outcome: 'refused' }, stats.refused],
      [{ outcome: 'store-down' }, stats.storeDown],
      [{ outcome: 'store-unknown' }, stats.storeUnknown],
    ],
  ),
  histogram(
    'towncrier_chat_receipt_duration_seconds',
    'From when a message came until it was committed and its sender answered (RECEIPT, 201).',
    ({ chat }) => chat.stats.receipts,
  ),
  histogram('towncrier_chat_commit_duration_seconds', 'A commit in the store.', ({ chat }) => chat.stats.commits),
  histogram('towncrier_chat_commit_messages', 'Messages of a commit.', ({ chat }) => chat.stats.groupSizes),
  histogram(
    'towncrier_chat_news_delay_seconds',
    'Lag of the backplane: from a commit of another instance until its news was here, by the clocks of both machines.',
    ({ chat }) => chat.stats.newsDelays,
  ),
  gauge(
    'towncrier_chat_behind_messages',
    'Messages of the room global that the store has and this instance has not; absent while the store does not answer.',
    ({ chat }) => chat.behind(),
    { together: 'max' },
  ),
  counter(
    'towncrier_chat_duplicates_total',
    'Messages that were heard of a second time, and dropped.',
    ({ chat }) => chat.stats.duplicates,
  ),
  counter(
    'towncrier_chat_filled_total',
    'Gaps filled: messages that were read from the store because the backplane did not bring them.',
    ({ chat }) => chat.stats.filled,
  ),
  counter(
    'towncrier_chat_ghosts_total',
    'Messages heard of that the store does not have.',
    ({ chat }) => chat.stats.ghosts,
  ),
  counter(
    'towncrier_chat_gate_reads_total',
    'Reads of the store for messages that were missing.',
    ({ chat }) => chat.stats.gateReads,
  ),
  counter(
    'towncrier_chat_strange_payloads_total',
    'Payloads in Redis, on all channels, that are too long or could not be understood: they are dropped.',
    ({ chat }) => chat.stats.strange,
  ),
  counter(
    'towncrier_chat_unpublished_total',
    'Messages that the backplane did not take.',
    ({ chat }) => chat.stats.unpublished,
  ),
  counter(
    'towncrier_chat_deleted_total',
    'Messages that moderators deleted, and old ones that retention took.',
    ({ chat: { stats } }) => [
      [{ by: 'moderator' }, stats.deleted],
      [{ by: 'retention' }, stats.trimmed],
    ],
  ),
];
