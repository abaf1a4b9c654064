import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';

const missing: readonly number[] = [JetStreamApiCodes.StreamNotFound, JetStreamApiCodes.ConsumerNotFound];

/** The server's word on a stream or consumer; undefined when there is none of that name. */
export const unlessMissing = <T>(answer: Promise<T>): Promise<T | undefined> => unlessCode(answer, missing);

/** Consumer: exists with other options, name in use (two codes); stream: name in use with other options. */
const taken: readonly number[] = [10148, 10013, 10105, 10058];

/** What the server made; undefined when somebody else was faster: then it must be looked at. */
export const unlessTaken = <T>(answer: Promise<T>): Promise<T | undefined> => unlessCode(answer, taken);

const unlessCode = async <T>(answer: Promise<T>, codes: readonly number[]): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof JetStreamApiError && codes.includes(error.code)) return undefined;
    throw error;
  }
};
