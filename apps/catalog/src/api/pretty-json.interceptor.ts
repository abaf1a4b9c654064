import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { map, type Observable } from 'rxjs';

/** Answers are written as the command line prints them: a document for people, too, with a line break at its end. */
@Injectable()
export class PrettyJson implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(
      map((answer) => {
        if (answer === undefined) return answer;
        response.type('application/json');
        return `${JSON.stringify(answer, null, 2)}\n`;
      }),
    );
  }
}
