import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { S3Connection } from './s3-settings.js';

/**
 * A client for the bucket's server. Other servers than Amazon's are addressed by path, and are sent no checksums of the newer
 * kinds, which some of them refuse: parts carry an MD5 instead, which all of them check.
 */
export const s3Client = ({ endpoint, region, keys, silenceMs }: S3Connection): S3Client =>
  new S3Client({
    region,
    ...(keys && { credentials: keys }),
    ...(endpoint !== undefined && { endpoint, forcePathStyle: !isAmazon(endpoint) }),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 5,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 10_000,
      socketTimeout: silenceMs ?? 60_000,
      httpAgent: { maxSockets: 16, keepAlive: true },
      httpsAgent: { maxSockets: 16, keepAlive: true },
    }),
  });

const isAmazon = (endpoint: string): boolean => new URL(endpoint).hostname.endsWith('.amazonaws.com');
