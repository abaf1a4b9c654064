/** What a person sees: the backups, how they are, and since when. It loads nothing but the API, and asks for the token where there is one. */
export const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>nocodb-backup</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #222; background: #fff }
  table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #ddd }
  .complete { color: #0a6b2d } .partial, .overdue { color: #96610a } .failed, .damaged { color: #b3141a; font-weight: 600 }
  @media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818 } td, th { border-color: #333 }
    .complete { color: #5fd38a } .partial, .overdue { color: #e6b450 } .failed, .damaged { color: #ff7b7b } }
</style>
<h1>Backups</h1>
<p id="state">Loading ...</p>
<table><thead><tr><th>id (UTC)<th>verdict<th>size<th>tables<th>lies in<th>verified<th>restored on trial</tr></thead><tbody></tbody></table>
<script>
  const ask = async (path) => {
    const token = sessionStorage.getItem('token');
    const answer = await fetch(path, token ? { headers: { authorization: 'Bearer ' + token } } : {});
    if (answer.status === 401) {
      const given = prompt('NOCODB_BACKUP_API_TOKEN');
      if (!given) throw new Error('a token is needed');
      sessionStorage.setItem('token', given);
      return ask(path);
    }
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.detail);
    return body;
  };
  const size = (bytes) => {
    const power = bytes > 0 ? Math.min(4, Math.floor(Math.log10(bytes) / 3)) : 0;
    return (bytes / 1000 ** power).toFixed(power ? 1 : 0) + ' ' + ['B', 'kB', 'MB', 'GB', 'TB'][power];
  };
  const day = (time) => (time ? time.slice(0, 10) : 'never');
  const row = (backup) => {
    const tr = document.createElement('tr');
    const verdict = backup.damage ? 'damaged' : backup.verdict;
    const tables = backup.tables.exported + ' of ' + backup.tables.planned;
    const cells = [backup.id, verdict, size(backup.bytes), tables, backup.destinations.join(', ') || 'nowhere',
      day(backup.verifiedAt), day(backup.provenAt)];
    for (const text of cells) tr.appendChild(document.createElement('td')).textContent = text;
    tr.children[1].className = verdict;
    tr.title = [...(backup.damage?.findings ?? []), ...backup.failures, ...backup.warnings].join('\\n');
    return tr;
  };
  const show = async () => {
    const state = document.getElementById('state');
    try {
      const backups = await ask('/api/backups?limit=200');
      document.querySelector('tbody').replaceChildren(...backups.map(row));
      const good = backups.find((backup) => backup.verdict === 'complete' && !backup.damage);
      state.textContent = good ? 'The last complete one: ' + good.id + ' UTC.' : 'There is no complete backup.';
      state.className = good ? '' : 'failed';
    } catch (error) {
      state.textContent = error.message;
      state.className = 'failed';
    }
  };
  show();
  setInterval(show, 30000);
</script>
</html>
`;
