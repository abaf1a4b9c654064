/** Where a NATS server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/** The address that NATS_URL names, if it is a single one of this machine: there the services bring a nats-server of their own. */
export const loopbackAddress = (natsUrl: string): Address | undefined => {
  const url = URL.parse(natsUrl.includes('://') ? natsUrl : `nats://${natsUrl}`);
  if (!url || natsUrl.includes(',') || !loopback.includes(url.hostname)) return undefined;
  return { host: url.hostname.replaceAll(/[[\]]/g, ''), port: Number(url.port || 4222) };
};
