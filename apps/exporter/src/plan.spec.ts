import { describe, expect, it } from '@jest/globals';
import { planOf } from './plan.js';

describe('the plan of an export', () => {
  it('D5: gives two bases of one title, and two tables that become equal, folders of their own', () => {
    const tables = [
      { id: 'm1', title: 'Rechnungen/2024' },
      { id: 'm2', title: 'Rechnungen:2024' },
      { id: 'm3', title: 'Lager' },
    ];
    const { bases, tables: planned } = planOf([
      { base: { id: 'p1', title: 'CRM' }, tables },
      { base: { id: 'p2', title: 'CRM' }, tables: [{ id: 'm4', title: 'Lager' }] },
    ]);
    expect(bases.map(({ folder }) => folder)).toEqual(['bases/CRM-p1', 'bases/CRM-p2']);
    expect(planned.map(({ folder }) => folder)).toEqual([
      'bases/CRM-p1/tables/Rechnungen_2024-m1',
      'bases/CRM-p1/tables/Rechnungen_2024-m2',
      'bases/CRM-p1/tables/Lager',
      'bases/CRM-p2/tables/Lager',
    ]);
  });

  it('has no place for the junction tables of links', () => {
    const tables = [
      { id: 'm1', title: 'A', mm: false },
      { id: 'm2', title: '_nc_m2m_A_B', mm: true },
      { id: 'm3', title: 'x', mm: 1 },
    ];
    expect(planOf([{ base: { id: 'p', title: 'B' }, tables }]).tables.map(({ tableId }) => tableId)).toEqual([
      'm1',
    ]);
  });
});
