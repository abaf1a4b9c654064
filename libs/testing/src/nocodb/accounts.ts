/** Who signs in where. */
export interface Admin {
  readonly url: string;
  readonly email: string;
  readonly password: string;
}

/** Whether NocoDB answers at all. */
export const isHealthy = async (url: string, signal: AbortSignal) => {
  try {
    const { ok } = await fetch(`${url}/api/v1/health`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]),
    });
    return ok;
  } catch {
    return false;
  }
};

/** A session token of the admin, for the header `xc-auth`. */
export const signIn = async ({ url, email, password }: Admin) =>
  tokenOf(await posted(`${url}/api/v2/auth/user/signin`, { email, password }));

/** A new API token of the admin, for the header `xc-token`. */
export const createToken = async (admin: Admin, description: string) => {
  const session = await signIn(admin);
  return tokenOf(await posted(`${admin.url}/api/v1/tokens`, { description }, { 'xc-auth': session }));
};

const posted = async (
  address: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<unknown> => {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok)
    throw new Error(`POST ${address} answered ${response.status}: ${(await response.text()).slice(0, 500)}`);
  return response.json();
};

const tokenOf = (answer: unknown) => {
  const token = (answer as { token?: unknown }).token;
  if (typeof token !== 'string') throw new Error('NocoDB answered without a token');
  return token;
};
