import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { ConnectorError, isPrivateAddress } from '#libs/connector';

/** A host that was looked up and may be connected to: connect to `address`, check certificates against `servername`. */
export interface ReachableHost {
  address: string;
  servername: string | undefined;
  /** Whether it is on a private network; elsewhere no password may travel unencrypted. */
  isPrivate: boolean;
}

/**
 * Looks a mail server up and refuses loopback, private and link-local addresses (RFC 6890) unless these are allowed.
 * The answer is the address to connect to, so that a second look-up cannot point elsewhere.
 */
export async function reachableHost(host: string, allowPrivateHosts: boolean): Promise<ReachableHost> {
  const addresses = isIP(host) ? [host] : await addressesOf(host);
  const allowed = allowPrivateHosts ? addresses : addresses.filter((address) => !isPrivateAddress(address));
  const [address] = allowed;
  if (address) return { address, servername: isIP(host) ? undefined : host, isPrivate: isPrivateAddress(address) };
  throw new ConnectorError('rejected', `${host} is an address inside a private network (${addresses[0]}), which is not allowed here`, {
    action: 'Use the public name of the mail server, or let the operator set ALLOW_PRIVATE_HOSTS=true for servers on the own network.',
  });
}

async function addressesOf(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    throw new ConnectorError('unavailable', `The name ${host} cannot be found (${(error as NodeJS.ErrnoException).code})`, {
      action: 'Check the spelling of the server name.',
      scope: 'channel',
      cause: error,
    });
  }
}
