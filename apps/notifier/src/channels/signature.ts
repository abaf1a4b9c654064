import { createHmac } from 'node:crypto';

/**
 * The headers by which a receiver knows that the body is ours and fresh: HMAC-SHA256 with the secret over the timestamp, a dot, and the
 * body's bytes as they are sent.
 */
export const signatureHeaders = (body: string, secret: string, now: Date): Record<string, string> => {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return { 'x-signature-timestamp': timestamp, 'x-signature-256': `sha256=${signature}` };
};
