import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { PermanentError } from '@nocodb-backup/events';
import { Decrypter, Encrypter } from 'age-encryption';
import { decrypted } from './decrypted.js';
import { encrypted } from './encrypted.js';
import { identitiesIn, newIdentity, recipientOf, recipientsIn } from './recipients.js';

const chunk = 64 * 1024;
const inPieces = (bytes: Uint8Array, size: number) =>
  Readable.from(
    (function* () {
      for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
    })(),
  );
const whole = async (stream: AsyncIterable<Uint8Array>) => Buffer.concat(await Array.fromAsync(stream));

describe('encryption in the age format', () => {
  it.each([
    0,
    1,
    chunk - 1,
    chunk,
    chunk + 1,
    2 * chunk,
    3 * chunk + 17,
    8 * chunk,
    8 * chunk + 1,
    17 * chunk,
  ])('gives %i bytes back, however they are cut on the way', async (length) => {
    const identity = await newIdentity();
    const recipients = await recipientOf(identity);
    const plain = randomBytes(length);
    const file = await whole(encrypted(inPieces(plain, 10_007), recipients));
    for (const size of [1_000, chunk, file.length]) {
      expect((await whole(decrypted(inPieces(file, size), [identity]))).equals(plain)).toBe(true);
    }
  });

  it('makes files that the reference package opens, and opens those that it makes', async () => {
    const identity = await newIdentity();
    const [recipient] = await recipientOf(identity);
    const plain = randomBytes(2 * chunk);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const ours = await whole(encrypted(inPieces(plain, 999), [recipient]));
    expect(plain.equals(await decrypter.decrypt(ours))).toBe(true);
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    const theirs = await encrypter.encrypt(plain);
    expect(plain.equals(await whole(decrypted(inPieces(theirs, 999), [identity])))).toBe(true);
  });

  it('is opened by each of several recipients, and by nobody else', async () => {
    const identities = [await newIdentity(), await newIdentity()];
    const recipients = (await Promise.all(identities.map(recipientOf))).flat();
    const file = await whole(
      encrypted(inPieces(Buffer.from('secret'), 3), recipientsIn(recipients.join(' '))),
    );
    for (const identity of identities)
      expect((await whole(decrypted(inPieces(file, 64), [identity]))).toString()).toBe('secret');
    const stranger = await newIdentity();
    await expect(whole(decrypted(inPieces(file, 64), [stranger]))).rejects.toThrow(
      /none of the given secret keys/,
    );
  });

  it('never passes off a cut file as a whole one, also when it is cut between two chunks', async () => {
    const identity = await newIdentity();
    const recipients = await recipientOf(identity);
    const file = await whole(encrypted(inPieces(randomBytes(2 * chunk), chunk), recipients));
    const lastChunk = chunk + 16;
    for (const length of [10, 150, file.length - lastChunk, file.length - 1, file.length - lastChunk - 20]) {
      await expect(
        whole(decrypted(inPieces(file.subarray(0, length), 4096), [identity])),
      ).rejects.toBeInstanceOf(PermanentError);
    }
  });

  it('refuses a file with one bit changed, wherever it is', async () => {
    const identity = await newIdentity();
    const recipients = await recipientOf(identity);
    const file = await whole(encrypted(inPieces(randomBytes(chunk + 100), chunk), recipients));
    for (const at of [0, 30, 120, 190, 250, 5_000, chunk + 300, file.length - 1]) {
      const bad = Buffer.from(file);
      bad[at] = (bad[at] ?? 0) ^ 4;
      await expect(whole(decrypted(inPieces(bad, 4096), [identity]))).rejects.toBeInstanceOf(PermanentError);
    }
  });

  it('refuses chunks in another order, and what comes behind the last one', async () => {
    const identity = await newIdentity();
    const recipients = await recipientOf(identity);
    const file = await whole(encrypted(inPieces(randomBytes(3 * chunk), chunk), recipients));
    const size = chunk + 16;
    const head = file.subarray(0, file.length - 3 * size);
    const [a, b, c] = [0, 1, 2].map((index) =>
      file.subarray(head.length + index * size, head.length + (index + 1) * size),
    ) as [Buffer, Buffer, Buffer];
    for (const parts of [
      [b, a, c],
      [a, c],
      [a, b, c, c],
      [a, b, c, Buffer.from('more')],
    ])
      await expect(
        whole(decrypted(inPieces(Buffer.concat([head, ...parts]), 4096), [identity])),
      ).rejects.toBeInstanceOf(PermanentError);
  });
});

describe('the keys', () => {
  it('are read as age-keygen writes them, comments and all', async () => {
    const identity = await newIdentity();
    const [recipient] = await recipientOf(identity);
    expect(identitiesIn(`# created: 2026-02-05\n# public key: ${recipient}\n${identity}\n`)).toEqual([
      identity,
    ]);
    expect(recipientsIn(` ${recipient}, ${recipient}\n# the second one\n`)).toEqual([recipient, recipient]);
  });

  it('are never printed when they are secret and in the wrong place', async () => {
    const identity = await newIdentity();
    expect(() => recipientsIn(identity)).toThrow(/is a secret key/);
    for (const read of [() => recipientsIn(identity), () => identitiesIn(`${identity}x`)]) {
      expect(read).toThrow(PermanentError);
      expect(read).not.toThrow(identity.slice(0, 40));
    }
  });

  it('are refused with what to do when they are none', () => {
    expect(() => recipientsIn('ssh-ed25519')).toThrow(/must begin with age1/);
    expect(() => recipientsIn('\n')).toThrow(/at least one public key/);
    expect(() => identitiesIn('# nothing\n')).toThrow(/no secret key/);
  });
});
