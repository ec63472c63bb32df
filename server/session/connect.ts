import type { Identity } from '../auth/identity.ts';
import { tokenOfConnect } from '../auth/request-token.ts';
import { Refusal } from '../errors.ts';
import { type Frame, type FrameHeader, headerOf } from '../protocol/stomp/frame.ts';
import { type HeartBeat, parseHeartBeat } from '../protocol/stomp/heart-beat.ts';
import { frameWithoutPadding } from '../protocol/stomp/padding.ts';
import { negotiateVersion, type Version, versions } from '../protocol/stomp/version.ts';
import { SERVER_BEAT } from './pace.ts';
import type { SignedInAs } from './sender.ts';
import type { Session } from './session.ts';

/** The longest name of a user, in code points. */
const MAX_NAME = 100;
/** What a name may not hold: control characters, line breaks and lone surrogates, which would break lines and lists of names. */
const UNFIT = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/** CONNECT and STOMP: agrees on version and heart-beats, and learns the name (STOMP 1.2, "CONNECT or STOMP Frame"). */
export function connect(session: Session, read: Frame, receipt: string | undefined): void {
  if (session.connected) throw new Refusal('unexpected-frame', 'The session is connected already.');
  const version = negotiateVersion(headerOf(read, 'accept-version'));
  if (version === undefined) {
    const refusal = new Refusal('unsupported-version', `Versions spoken here: ${versions.join(', ')}.`);
    session.fail(refusal, receipt, [['version', versions.join(',')]]);
    return;
  }
  const frame = version === '1.0' ? frameWithoutPadding(read) : read;
  const beat = heartBeatOf(frame);
  const { signIn } = session.host.options;
  const moderator = bringsModeratorToken(session, frame);
  if (signIn === undefined) {
    welcome(session, { version, beat, name: nameOf(frame), moderator });
    return;
  }
  const signedIn = (identity: Identity): void =>
    welcome(session, { version, beat, name: identity.name, identity, moderator });
  const identity = signIn.identify(tokenIn(session, frame));
  if (identity instanceof Promise) session.wait(identity, signedIn, receipt);
  else signedIn(identity);
}

/** What was agreed on. */
interface Agreed extends SignedInAs {
  readonly version: Version;
  readonly beat: HeartBeat | undefined;
}

function welcome(session: Session, { version, beat, ...as }: Agreed): void {
  const { options } = session.host;
  const sender = session.begin(version, as, beat ?? { promised: 0, wanted: 0 });
  const headers: FrameHeader[] = [
    ['version', version],
    ['session', sender.session],
    ['server', `towncrier/${options.version}`],
    // A client of 1.0 that says nothing of heart-beats knows nothing of them.
    ['heart-beat', version === '1.0' && beat === undefined ? '0,0' : `${SERVER_BEAT.promised},${SERVER_BEAT.wanted}`],
    ['epoch', options.epoch],
  ];
  if (as.name !== undefined) headers.push(['user-name', as.name]);
  // Closed rooms are open to them, and slow mode does not hold.
  if (sender.moderator) headers.push(['moderator', 'true']);
  session.send('CONNECTED', headers);
  options.destinations.joined(sender);
}

/** Where a token came, the `login` beside it says nothing: the name is the token's. */
function tokenIn({ pipe }: Session, frame: Frame): string | undefined {
  const authorization = headerOf(frame, 'Authorization') ?? headerOf(frame, 'authorization');
  return tokenOfConnect(headerOf(frame, 'passcode'), authorization, pipe.peer.token);
}

/** The moderators' own token: in a header of its own, beside the user's token where there is one. A guest's may be the passcode. */
function bringsModeratorToken({ host: { options } }: Session, frame: Frame): boolean {
  const passcode = options.signIn === undefined ? headerOf(frame, 'passcode') : undefined;
  return options.isModerator?.(headerOf(frame, 'moderator-token') ?? passcode) ?? false;
}

function heartBeatOf(frame: Frame): HeartBeat | undefined {
  const value = headerOf(frame, 'heart-beat');
  if (value === undefined) return undefined;
  const beat = parseHeartBeat(value);
  if (beat !== undefined) return beat;
  throw new Refusal(
    'invalid-parameter',
    'The header heart-beat is not two numbers of milliseconds, as in 10000,20000.',
  );
}

/** The name that a client gives itself in `login`, exactly as it came. */
function nameOf(frame: Frame): string | undefined {
  const name = headerOf(frame, 'login');
  if (name === undefined) return undefined;
  if (name.trim() === '') throw new Refusal('invalid-message', 'The header login is empty.');
  if (name.length > MAX_NAME && [...name].length > MAX_NAME) {
    throw new Refusal('invalid-message', `The header login has at most ${MAX_NAME} characters.`);
  }
  if (UNFIT.test(name)) throw new Refusal('invalid-message', 'The header login has a control character or line break.');
  return name;
}
