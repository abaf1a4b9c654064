import { describe, expect, it } from '@jest/globals';
import type { Column } from '@nocodb-backup/nocodb';
import { cellValue, isWritable } from './cell-value.js';

const column = (uidt: string, more: object = {}): Column => ({ id: 'c', title: 'C', uidt, ...more });
const choices = (...titles: string[]) => ({ colOptions: { options: titles.map((title) => ({ title })) } });
const emails = new Set(['anna@example.com']);
const sent = (of: Column, value: unknown) => cellValue(of, value, emails);

describe('the value of a cell as NocoDB takes it', () => {
  it.each([
    ['SingleLineText', 'a\u0009b'],
    ['Checkbox', false],
    ['Number', 0],
    ['DateTime', '2024-02-29 23:59:59+00:00'],
    ['GeoData', '48.2;16.3'],
  ])('%s goes back as it was read', (uidt, value) => {
    expect(sent(column(uidt), value)).toEqual({ value });
    expect(sent(column(uidt), null)).toEqual({ value: null });
  });

  it.each([
    ['text', '"text"'],
    [5, '5'],
    [false, 'false'],
    [{ a: [1] }, '{"a":[1]}'],
  ])('JSON %j goes back as its text', (value, text) => {
    expect(sent(column('JSON'), value)).toEqual({ value: text });
  });

  it('options that the target does not have are left out, the others stay', () => {
    const select = column('MultiSelect', choices('red', 'blue'));
    expect(sent(select, 'red,blue')).toEqual({ value: 'red,blue' });
    expect(sent(select, 'red,green')).toEqual({ value: 'red', lost: expect.stringContaining('"green"') });
    expect(sent(column('SingleSelect', choices('red')), 'a,b')).toEqual({
      value: null,
      lost: expect.stringContaining('"a,b"'),
    });
  });

  it('users are named by their addresses, and left out where they are no members', () => {
    const users = [
      { id: 'u1', email: 'Anna@example.com' },
      { id: 'u2', email: 'ben@example.com' },
    ];
    expect(sent(column('User'), users.slice(0, 1))).toEqual({ value: [{ email: 'Anna@example.com' }] });
    expect(sent(column('User'), users)).toEqual({
      value: [{ email: 'Anna@example.com' }],
      lost: expect.stringContaining('ben@example.com'),
    });
    expect(sent(column('User'), users.slice(1))).toMatchObject({ value: null });
  });

  it('what NocoDB works out, or other steps put back, is never written', () => {
    expect(
      ['Formula', 'Links', 'LinkToAnotherRecord', 'Rollup', 'CreatedTime', 'ForeignKey', 'Attachment'].filter(
        (uidt) => isWritable(column(uidt)),
      ),
    ).toEqual([]);
    expect(isWritable(column('SingleLineText', { pk: true }))).toBe(false);
    expect(isWritable(column('SingleLineText'))).toBe(true);
  });
});

describe('a duration', () => {
  const duration = (format: number | undefined, more: object = {}) =>
    column('Duration', { meta: { duration: format }, ...more });

  it.each([
    [0, 5400, '1:30:00'],
    [1, 5445, '1:30:45'],
    [2, 5445.5, '1:30:45.5'],
    [3, 4442401.05, '1234:00:01.05'],
    [4, 0.007, '0:00:00.007'],
    [4, 59.9996, '0:01:00.000'],
  ])('of format %d and %d seconds is sent as %s', (format, seconds, value) => {
    expect(sent(duration(format), seconds)).toMatchObject({ value });
  });

  it('without a format is a number', () => {
    expect(sent(duration(undefined), 5445.5)).toEqual({ value: 5445.5 });
  });

  it('that the format cuts is told', () => {
    expect(sent(duration(0), 5445)).toEqual({
      value: '1:30:45',
      lost: expect.stringContaining('more digits'),
    });
    expect(sent(duration(1), 5445)).toEqual({ value: '1:30:45' });
  });

  it('below zero is not sent, since NocoDB would lose the sign', () => {
    expect(sent(duration(1), -5)).toEqual({ lost: expect.stringContaining('-5') });
  });

  it('without a value is left out where NocoDB fails on it, and told where a default comes instead', () => {
    expect(sent(duration(1), null)).toEqual({ value: null });
    expect(sent(duration(2), null)).toEqual({});
    expect(sent(duration(2, { cdf: '60' }), null)).toEqual({ lost: expect.stringContaining('default') });
  });
});
