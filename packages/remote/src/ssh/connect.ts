import type { SshAddress } from '../devices/address.js';
import { RemoteError } from '../errors.js';
import type { Environment } from '../toolchain.js';
import { resolveHost, type ResolvedHost } from './config.js';
import { Connection, type ConnectOptions } from './connection.js';

/** More hosts in a row than this are a loop. */
const MOST_JUMPS = 8;

/** Connects to a host, through those that its configuration says to go through. */
export async function connect(address: SshAddress, env: Environment, options: ConnectOptions): Promise<Connection> {
  return connectVia(await resolveHost(address, env), env, options, 0);
}

async function connectVia(
  host: ResolvedHost,
  env: Environment,
  options: ConnectOptions,
  depth: number,
): Promise<Connection> {
  if (depth > MOST_JUMPS) {
    throw new RemoteError('connection-refused', `the way to ${host.alias} goes through more than ${MOST_JUMPS} hosts`);
  }
  let through: Connection | undefined;
  for (const jump of host.jumps) {
    const next = await resolveHost(jump, env);
    const named = { ...options, name: next.alias };
    // The first may have a way of its own; for the others the list is the way.
    through = await (through === undefined ? connectVia(next, env, named, depth + 1) : hop(through, next, named));
  }
  return through === undefined ? Connection.open(host, options) : hop(through, host, options);
}

/** A connection inside another one, which ends with it. */
async function hop(through: Connection, host: ResolvedHost, options: ConnectOptions): Promise<Connection> {
  try {
    const stream = await through.forward(host.hostName, host.port);
    const connection = await Connection.open(host, options, stream);
    void connection.ended.then(() => through.end());
    return connection;
  } catch (error) {
    await through.end();
    throw error;
  }
}
