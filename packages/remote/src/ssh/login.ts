import type { AnyAuthMethod, AuthHandlerMiddleware } from 'ssh2';
import { RemoteError } from '../errors.js';
import type { ResolvedHost } from './config.js';
import { KeyRing } from './key-ring.js';
import type { SecretMemory } from './prompts.js';

const PASSWORD_ATTEMPTS = 3;

/** One login: keys first, then what the user types. */
export interface Login {
  readonly handler: AuthHandlerMiddleware;
  /** Says what was tried when the host has refused it all. */
  refusal(): RemoteError;
}

export function createLogin(host: ResolvedHost, secrets: SecretMemory): Login {
  const ring = new KeyRing(host, secrets);
  const question = `password of ${host.user}@${host.hostName}`;
  const tried: string[] = [];
  let offered: readonly string[] = [];
  let keys = false;
  let passwords = 0;

  const next = async (left: readonly string[] | null, partial: boolean | null): Promise<AnyAuthMethod | false> => {
    if (left === null) return { type: 'none', username: host.user };
    offered = left;
    if (!keys && left.includes('publickey')) {
      keys = true;
      return { type: 'agent', username: host.user, agent: ring };
    }
    const typed = left.includes('password')
      ? 'password'
      : left.includes('keyboard-interactive')
        ? 'keyboard'
        : undefined;
    if (typed === undefined || !secrets.interactive || passwords >= PASSWORD_ATTEMPTS) return false;
    // After a partial success another step is asked for; the first password was right then.
    if (passwords++ > 0 && partial !== true) secrets.forget(question);
    tried.push('password');
    return typed === 'password'
      ? passwordMethod(host.user, question, secrets)
      : keyboardMethod(host.user, question, secrets);
  };

  return {
    handler: (left, partial, callback) => {
      // `false` ends the login; the types of ssh2 lack it.
      const answer = callback as (method: AnyAuthMethod | false) => void;
      next(left as readonly string[] | null, partial).then(answer, () => answer(false));
    },
    refusal() {
      const all = [...new Set([...ring.tried, ...tried])];
      const what = all.length === 0 ? 'there was no key to try' : `tried ${all.join(', ')}`;
      const hints = [
        ...(offered.includes('publickey')
          ? [
              `put a key there with ssh-copy-id${host.port === 22 ? '' : ` -p ${host.port}`} ${host.user}@${host.hostName}`,
            ]
          : []),
        ...(offered.some((method) => method !== 'publickey') && !secrets.interactive
          ? ['a password is asked for at a terminal only']
          : []),
      ];
      const where = `${host.user}@${host.hostName}:${host.port}`;
      return new RemoteError('connection-refused', `${where} refuses the login: ${what}`, hints);
    },
  };
}

async function passwordMethod(
  username: string,
  question: string,
  secrets: SecretMemory,
): Promise<AnyAuthMethod | false> {
  const password = await secrets.ask(question);
  return password === undefined ? false : { type: 'password', username, password };
}

/** Answers that are not to be shown are the password; a prompt whose answer is shown is none we can answer. */
function keyboardMethod(username: string, question: string, secrets: SecretMemory): AnyAuthMethod {
  return {
    type: 'keyboard-interactive',
    username,
    prompt: (_name, _instructions, _language, prompts, finish) => {
      void (async () => {
        const answers: string[] = [];
        for (const { echo } of prompts) answers.push(echo === true ? '' : ((await secrets.ask(question)) ?? ''));
        finish(answers);
      })();
    },
  };
}
