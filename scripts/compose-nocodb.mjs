// The NocoDB of a stack, seen from outside: an account, a table, records, an attached file.
const email = 'admin@example.com';
const password = 'Development1!';

export class NocoDbOfStack {
  records = 200;

  constructor(url) {
    this.url = url;
  }

  async ask(path, { method = 'GET', body, form } = {}) {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        // The server is stopped and started in between.
        connection: 'close',
        ...(this.token ? { 'xc-token': this.token } : this.session && { 'xc-auth': this.session }),
        ...(body && { 'content-type': 'application/json' }),
      },
      body: form ?? (body && JSON.stringify(body)),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`NocoDB: ${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
    return JSON.parse(text);
  }

  async createToken() {
    const body = { email, password };
    this.session = (await this.ask('/api/v1/auth/user/signin', { method: 'POST', body })).token;
    const { token } = await this.ask('/api/v1/tokens', { method: 'POST', body: { description: 'backup' } });
    this.token = token;
    return token;
  }

  async fill() {
    const base = await this.ask('/api/v2/meta/bases', { method: 'POST', body: { title: 'Shop' } });
    const columns = [
      { title: 'Name', uidt: 'SingleLineText' },
      { title: 'Files', uidt: 'Attachment' },
    ];
    const table = await this.ask(`/api/v2/meta/bases/${base.id}/tables`, {
      method: 'POST',
      body: { title: 'Orders', table_name: 'orders', columns },
    });
    this.path = `/api/v2/tables/${table.id}/records`;
    const form = new FormData();
    form.append('file', new Blob(['a small file']), 'note.txt');
    const files = await this.ask('/api/v2/storage/upload?path=orders', { method: 'POST', form });
    const records = Array.from({ length: this.records }, (_, index) => ({
      Name: `order ${index}`,
      Files: index === 0 ? files : null,
    }));
    for (let from = 0; from < records.length; from += 100)
      await this.ask(this.path, { method: 'POST', body: records.slice(from, from + 100) });
  }

  async deleteRecords() {
    const { list } = await this.ask(`${this.path}?limit=100`);
    await this.ask(this.path, { method: 'DELETE', body: list.map(({ Id }) => ({ Id })) });
  }

  async countRecords() {
    return (await this.ask(`${this.path}/count`)).count;
  }
}
