import { createHash, timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { problemOf } from './problem.js';
import { send } from './problem.filter.js';

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;
const free = ['/health/', '/favicon.ico'];

interface Protection {
  readonly token: string | undefined;
  /** Where the server listens. */
  readonly host: string;
}

/** Whether it is this machine alone that can reach a host. */
export const isLoopback = (host: string): boolean => loopback.test(host) || host === '::1';

/**
 * Lets pass who has the token. Without one a server on a loopback address answers only to loopback names: pages of the web must not read it
 * by a name of their own that leads here. Health is for everybody, and so is the page at `/`, which holds no data.
 */
export const protection = ({ token, host }: Protection) => {
  const expected = token === undefined ? undefined : digest(`Bearer ${token}`);
  return (request: Request, response: Response, next: NextFunction): void => {
    response.set({
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
      'Content-Security-Policy':
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'",
    });
    if (request.path === '/' || free.some((path) => request.path.startsWith(path))) next();
    else if (expected) {
      if (timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) next();
      else {
        response.set('WWW-Authenticate', 'Bearer');
        send(
          response,
          problemOf(
            401,
            'Send the token: "Authorization: Bearer ..." with the value of NOCODB_BACKUP_API_TOKEN.',
          ),
        );
      }
    } else if (isLoopback(host) && !loopback.test(request.headers.host ?? ''))
      send(
        response,
        problemOf(403, 'Without NOCODB_BACKUP_API_TOKEN only requests to a loopback address are answered.'),
      );
    else next();
  };
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
