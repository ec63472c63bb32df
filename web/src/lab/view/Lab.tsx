import '../lab.css';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useApp } from '../../app/context.ts';
import { inFrame } from '../../frames.ts';
import { everything, filtered, type Row } from '../filter.ts';
import { LabSocket } from '../lab-socket.ts';
import { labSockets } from '../open-lab-socket.ts';
import { Wire } from '../wire.ts';
import { AcceptSteps } from './AcceptSteps.tsx';
import { Detail } from './Detail.tsx';
import { FrameList } from './FrameList.tsx';
import { Sender } from './Sender.tsx';
import { Source } from './Source.tsx';
import { Toolbar } from './Toolbar.tsx';

/** The Protocol Lab: the page's own connections taken apart. */
export function Lab() {
  const { tap, reconnect } = useApp();
  const { log } = tap;
  const version = useSignal(0);
  const [filter, setFilter] = useState(everything);
  const [chosen, setChosen] = useState<Row>();
  const explanation = useRef<HTMLElement>(null);
  const choose = (row: Row): void => {
    setChosen(row);
    // Below the list, where there is no room beside it; else it is in sight already.
    explanation.current?.scrollIntoView({ block: 'nearest' });
  };
  const socket = useMemo(() => new LabSocket(labSockets(window.location.href, tap)), [tap]);
  const wire = useMemo(() => new Wire({ tap, reconnect, open: (url) => new EventSource(url) }), [tap, reconnect]);
  useEffect(() => {
    void wire.start();
    return () => wire.stop();
  }, [wire]);
  useEffect(() => {
    log.changed = inFrame(() => {
      version.value++;
    }, document);
    return () => {
      log.changed = undefined;
      socket.close();
    };
  }, [log, socket, version]);
  // Read here, so that the view renders again with each frame in which something came.
  const seen = version.value;
  const rows = useMemo(() => filtered(log.entries, filter), [log, filter, seen]);
  return (
    <main class="lab" data-testid="lab">
      <section class="lab-left" aria-label="Frames">
        <Source state={wire.state.value} />
        <Toolbar log={log} filter={filter} shown={rows.length} change={setFilter} />
        <FrameList rows={rows} chosen={chosen?.entry.n} choose={choose} />
        <Sender socket={socket} />
      </section>
      <section class="lab-right" aria-label="Explanation" aria-live="off" ref={explanation}>
        {chosen === undefined ? <Welcome /> : <Detail entry={chosen.entry} />}
      </section>
    </main>
  );
}

function Welcome() {
  return (
    <div class="lab-detail">
      <header class="lab-detail-head">
        <h2>Protocol Lab</h2>
      </header>
      <p class="lab-words">
        On the left is what this page says to its server, and what it hears. Choose a line to take it apart: each bit of
        a WebSocket frame, the STOMP frame inside, each field of an event. Below, send a frame of your own, also a
        broken one, and see what the server answers. What it all means is in{' '}
        <a href="/docs/protocols/README.html">the documents</a>.
      </p>
      <AcceptSteps />
    </div>
  );
}
