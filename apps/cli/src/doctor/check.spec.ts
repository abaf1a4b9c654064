import { describe, expect, it } from '@jest/globals';
import { type Check, ok, runChecks } from './check.js';

const fine: Check = { name: 'fine', find: () => Promise.resolve(ok('all well')) };
const broken: Check = { name: 'broken', find: () => Promise.reject(new Error('it fell over')) };
const silent: Check = { name: 'silent', find: () => new Promise(() => undefined) };
const never = new AbortController().signal;

describe('the checks of doctor', () => {
  it('are all run, in their order, although one fails', async () => {
    expect(await runChecks([broken, fine], never, 5000)).toEqual([
      { name: 'broken', status: 'fail', text: 'it fell over' },
      { name: 'fine', status: 'ok', text: 'all well' },
    ]);
  });

  it('do not wait for one that gives no answer', async () => {
    const [checked] = await runChecks([silent], never, 10);
    expect(checked).toMatchObject({ status: 'fail', text: 'no answer within 0.01 s' });
  });

  it('end when the person has had enough', async () => {
    const enough = new AbortController();
    const result = runChecks([silent], enough.signal, 60_000);
    enough.abort(new Error('interrupted'));
    await expect(result).rejects.toThrow('interrupted');
  });
});
