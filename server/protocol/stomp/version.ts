/** The versions of STOMP that are spoken here, oldest first. */
export const versions = ['1.0', '1.1', '1.2'] as const;

export type Version = (typeof versions)[number];

/**
 * The newest common version for an `accept-version` header, which lists versions separated by commas; without the header
 * the client speaks 1.0 (STOMP 1.2, "Protocol Negotiation"). `undefined` when there is none in common.
 */
export function negotiateVersion(acceptVersion: string | undefined): Version | undefined {
  if (acceptVersion === undefined) return '1.0';
  const offered = acceptVersion.split(',').map((version) => version.trim());
  return versions.findLast((version) => offered.includes(version));
}

/** The best of the WebSocket subprotocols `v10.stomp`, `v11.stomp` and `v12.stomp` that were offered, if any was. */
export function chooseSubprotocol(offered: ReadonlySet<string>): string | undefined {
  return ['v12.stomp', 'v11.stomp', 'v10.stomp'].find((name) => offered.has(name));
}
