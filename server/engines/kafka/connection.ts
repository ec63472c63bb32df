import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { BaseOptions } from '@platformatic/kafka';

/** How a Kafka cluster is reached. */
export interface KafkaConnection {
  /** `host:port` of some of its brokers; the others are learnt from them. */
  readonly brokers: readonly string[];
  /** Speak TLS, with these options of Node (`ca`, `cert`, `key`, …); absent: plain text. */
  readonly tls?: ConnectionOptions;
  readonly sasl?: KafkaSasl;
}

export interface KafkaSasl {
  readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly username: string;
  readonly password: string;
}

/** How long a broker may take to accept a connection, in milliseconds. */
const CONNECT_TIMEOUT = 2_000;
/** How long a broker may take to answer, in milliseconds: a frozen one is noticed so late. */
const REQUEST_TIMEOUT = 3_000;
/** How long a broker may wait for its replicas, in milliseconds: shorter, so that it is the broker who says so. */
export const REPLICA_TIMEOUT = 2_500;

/**
 * What every client is made with. Nothing is retried inside: who calls knows what may be repeated, and says when. Only
 * where there are several brokers, the next one is asked, because the first may be the one that does not answer.
 */
export function clientOptions({ brokers, tls, sasl }: KafkaConnection): BaseOptions {
  return {
    clientId: 'towncrier',
    bootstrapBrokers: [...brokers],
    connectTimeout: CONNECT_TIMEOUT,
    requestTimeout: REQUEST_TIMEOUT,
    timeout: REPLICA_TIMEOUT,
    retries: brokers.length > 1 ? 2 : 0,
    retryDelay: 50,
    // A broker's name is told to a server that has several; an address is no name (RFC 6066, section 3).
    ...(tls && { tls, tlsServerName: !brokers.some((broker) => isIP(broker.replace(/:\d+$/, '')) !== 0) }),
    ...(sasl && { sasl: { ...sasl } }),
  };
}
