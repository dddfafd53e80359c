import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { ConnectorError } from '#libs/connector';

/** A host that was looked up and may be connected to: connect to `address`, check certificates against `servername`. */
export interface ReachableHost {
  address: string;
  servername: string | undefined;
  /** Whether it is on a private network; elsewhere no password may travel unencrypted. */
  isPrivate: boolean;
}

const notPublic = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  notPublic.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  notPublic.addSubnet(network, prefix, 'ipv6');

/**
 * Looks a mail server up and refuses loopback, private and link-local addresses (RFC 6890) unless these are allowed.
 * The answer is the address to connect to, so that a second look-up cannot point elsewhere.
 */
export async function reachableHost(host: string, allowPrivateHosts: boolean): Promise<ReachableHost> {
  const addresses = isIP(host) ? [host] : await addressesOf(host);
  const allowed = allowPrivateHosts ? addresses : addresses.filter((address) => !isPrivate(address));
  const [address] = allowed;
  if (address) return { address, servername: isIP(host) ? undefined : host, isPrivate: isPrivate(address) };
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
      cause: error,
    });
  }
}

function isPrivate(address: string): boolean {
  // ::ffff:10.0.0.1 is 10.0.0.1 in IPv6 clothes.
  const plain = address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
  return notPublic.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}
