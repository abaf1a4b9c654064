import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16);
linkLocal.addSubnet('fe80::', 10, 'ipv6');

/**
 * Whether an address answers to this machine alone. Clouds give out their machines' credentials at such addresses, and whoever
 * may edit a record in NocoDB may name any address as an attachment.
 */
export const isLinkLocal = (address: string): boolean => {
  const bare = address.replaceAll(/^\[|\]$/g, '');
  const family = isIP(bare);
  return family !== 0 && linkLocal.check(bare, family === 6 ? 'ipv6' : 'ipv4');
};

/** Resolves names as the system does, but not to a link-local address. */
export const lookupOutside: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, options, (error, address: string | { readonly address: string }[], family) => {
    if (error) {
      callback(error, '', 0);
      return;
    }
    const found = typeof address === 'string' ? [address] : address.map((one) => one.address);
    if (found.some(isLinkLocal)) callback(new Error(`${hostname} is a link-local address`), '', 0);
    else callback(null, address as string, family);
  });
};
