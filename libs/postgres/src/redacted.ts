/** The text without the secrets, plain or percent-encoded. */
export const redacted = (text: string, secrets: readonly (string | undefined)[]): string =>
  secrets
    .filter((secret) => secret !== undefined && secret !== '')
    .flatMap((secret) => [secret ?? '', encodeURIComponent(secret ?? '')])
    .reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
