import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Response } from 'express';
import { type Problem, problemOf } from './problem.js';

/** Tells every error as application/problem+json (RFC 9457). What went wrong inside is for the log alone. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('CatalogApi');

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (!(error instanceof HttpException)) this.logger.error(`a request failed: ${String(error)}`);
    send(response, error instanceof HttpException ? problemOf(error.getStatus(), error.message) : unreadable);
  }
}

const unreadable = problemOf(503, 'The catalog cannot be read right now; its log tells why.');

/** Answers with a problem. */
export const send = (response: Response, problem: Problem): void => {
  response
    .status(problem.status)
    .type('application/problem+json')
    .send(`${JSON.stringify(problem, null, 2)}\n`);
};
