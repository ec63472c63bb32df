import type { Check } from './check.ts';

/** What is known of the machine and the program that runs us. */
export interface Machine {
  /** Of Node, such as `26.10.0`. */
  readonly node: string;
  /** `/proc/self/limits`; absent where the system has no such file. */
  readonly limits: string | undefined;
}

const NODE = 26;
/** What `docs/production/deploy.md` counts on for an instance. */
const FILES = 65_536;
/** Files and sockets of an instance that are no users. */
const OWN_FILES = 500;

/** Whether this is the Node that the server was made for. */
export function nodeCheck({ node }: Machine): Check {
  return {
    what: 'Node',
    async run(say) {
      const major = Number.parseInt(node, 10);
      if (major === NODE) say('ok', 'Node', `version ${node}`);
      else if (major > NODE) say('warn', 'Node', `version ${node}: tested is ${NODE}, which "npm ci" brings along`);
      else say('fail', 'Node', `version ${node} is too old: "npm ci" brings Node ${NODE}; start by "npm start"`);
    },
  };
}

/** How many connections the system lets one process have. */
export function fileLimitCheck({ limits }: Machine): Check {
  const what = 'File limit';
  return {
    what,
    async run(say) {
      const found = /^Max open files\s+(\d+|unlimited)/m.exec(limits ?? '')?.[1];
      if (found === undefined)
        say('warn', what, `this system does not tell it: see that "ulimit -n" is at least ${FILES}`);
      else if (found === 'unlimited' || Number(found) >= FILES) say('ok', what, `${found} open files`);
      else
        say(
          'warn',
          what,
          `${found} open files are enough for about ${Math.max(0, Number(found) - OWN_FILES)} users of an instance: raise it to ${FILES} (LimitNOFILE= of systemd, ulimits: nofile of Docker, /etc/security/limits.conf) and start the server from there`,
        );
    },
  };
}
