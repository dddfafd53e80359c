import { isPrivateAddress } from './private-address.js';

test('an address inside is known in every notation, also as IPv6 that carries IPv4', () => {
  const inside = ['127.0.0.1', '10.1.2.3', '169.254.169.254', '100.64.0.1', '::1', '::', 'fd00::1', 'fe80::1', 'ff02::1'];
  const carried = ['::ffff:127.0.0.1', '::FFFF:7f00:1', '::7f00:1', '64:ff9b::a00:1', '64:ff9b:1::a00:1', '2002:7f00:1::'];
  expect([...inside, ...carried].filter((address) => !isPrivateAddress(address))).toEqual([]);
  expect(['93.184.216.34', '2606:4700::1111', '::ffff:93.184.216.34', '172.32.0.1'].filter(isPrivateAddress)).toEqual([]);
});
