import type { Filter } from '../filter.ts';
import type { FrameLog } from '../frame-log.ts';

interface Props {
  log: FrameLog;
  filter: Filter;
  shown: number;
  change(filter: Filter): void;
}

const PROTOCOLS = { all: 'All', websocket: 'WebSocket', sockjs: 'SockJS', sse: 'SSE' } as const;
const SENDERS = { both: 'Both ways', client: 'Sent', server: 'Received' } as const;

/** Pause, clear, and what of the list is shown. */
export function Toolbar({ log, filter, shown, change }: Props) {
  const { paused, missed, entries } = log;
  return (
    <div class="lab-bar" role="toolbar" aria-label="The list of frames">
      <button
        type="button"
        class="button small"
        data-testid="lab-pause"
        aria-pressed={paused}
        onClick={() => log.pause(!paused)}
      >
        {paused ? 'Go on' : 'Pause'}
      </button>
      <button type="button" class="button small" data-testid="lab-clear" onClick={() => log.clear()}>
        Clear
      </button>
      <Choice
        label="Protocol"
        names={PROTOCOLS}
        value={filter.protocol}
        set={(protocol) => change({ ...filter, protocol })}
      />
      <Choice label="Direction" names={SENDERS} value={filter.from} set={(from) => change({ ...filter, from })} />
      <input
        class="lab-search"
        type="search"
        placeholder="Filter"
        aria-label="Filter by text"
        data-testid="lab-filter"
        value={filter.text}
        onInput={(event) => change({ ...filter, text: event.currentTarget.value })}
      />
      <span class="lab-count muted">
        {shown === entries.length ? `${shown}` : `${shown} of ${entries.length}`}
        {missed > 0 && `, ${missed} not kept`}
      </span>
    </div>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  names: Readonly<Record<T, string>>;
  value: T;
  set(value: T): void;
}

function Choice<T extends string>({ label, names, value, set }: ChoiceProps<T>) {
  return (
    <select
      class="lab-select"
      aria-label={label}
      value={value}
      onChange={(event) => set(event.currentTarget.value as T)}
    >
      {/* The options are the keys of the record, of which T is the union. */}
      {Object.entries<string>(names).map(([key, name]) => (
        <option key={key} value={key}>
          {name}
        </option>
      ))}
    </select>
  );
}
