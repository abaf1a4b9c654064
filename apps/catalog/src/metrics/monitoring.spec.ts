import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { metricNames } from './metrics.js';

const folder = join(import.meta.dirname, '../../../../deploy/monitoring');
const used = (expressions: readonly string[]) =>
  new Set(
    expressions.flatMap((expression) => [...expression.matchAll(/nocodb_backup_\w+/g)].map(([name]) => name)),
  );

interface Rules {
  readonly groups: readonly { readonly rules: readonly Record<'alert' | 'expr', string>[] }[];
}
interface Dashboard {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
}

describe('what is shipped for monitoring', () => {
  it('has alert rules on metrics that there are', () => {
    const { groups } = parse(readFileSync(join(folder, 'alerts.yml'), 'utf8')) as Rules;
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(5);
    for (const name of used(rules.map(({ expr }) => expr))) expect(metricNames).toContain(name);
  });

  it('has a dashboard of metrics that there are', () => {
    const { panels } = JSON.parse(readFileSync(join(folder, 'grafana-dashboard.json'), 'utf8')) as Dashboard;
    const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    for (const name of used(expressions)) expect(metricNames).toContain(name);
  });
});
