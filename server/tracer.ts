export type Attributes = Readonly<Record<string, string | number>>;

/** One step of a message's way that is under way. */
export interface Span {
  /** By which the next step, here or in another process, belongs to the same trace (W3C Trace Context). */
  readonly context: string;
  /** The step is done. Called once. */
  end(attributes?: Attributes): void;
}

/** Tells where messages spend their time, of some of them. Where there is none nothing is told. */
export interface Tracer {
  /** The first step of a message, if it is one of those that are told of. */
  begin(name: string, attributes?: Attributes): Span | undefined;
  /** A later step: `context` is that of the one before. */
  follow(name: string, context: string, attributes?: Attributes): Span;
}

/** What the context of a step that is told of looks like. */
export const TRACE_CONTEXT = '^00-[0-9a-f]{32}-[0-9a-f]{16}-01$';
