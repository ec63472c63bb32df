/** An event of an event stream whose data is JSON, which has no line end in it. */
export function encodeEvent(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}
