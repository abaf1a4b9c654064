import { durationText, numberText, sizeText } from './figures.js';
import { type Figures, figuresText, isSize } from './figures-text.js';

/** The figure that tells how far work is. */
export interface Lead {
  readonly name: string;
  readonly value: number;
  readonly total: number;
}

/** The first figure that has not reached its total, else the last one that has a total; undefined where none has. */
export const leadOf = (figures: Figures): Lead | undefined => {
  const all = Object.entries(figures).flatMap(([name, value]) => {
    const total = figures[`${name}Total`];
    return typeof value === 'number' && typeof total === 'number' ? [{ name, value, total }] : [];
  });
  return all.find(({ value, total }) => value < total) ?? all.at(-1);
};

/** Figures with their pace: `12,400 of 50,000 records, 3,410/s, 11 s left, 88 links`. */
export const paceText = (figures: Figures, perSecond: number | undefined): string => {
  const lead = leadOf(figures);
  if (!lead) return figuresText(figures);
  const { [lead.name]: value = 0, [`${lead.name}Total`]: total = 0, ...others } = figures;
  const first = figuresText({ [lead.name]: value, [`${lead.name}Total`]: total });
  return [first, ...pace(lead, perSecond), figuresText(others)].filter(Boolean).join(', ');
};

const pace = ({ name, value, total }: Lead, perSecond = 0): string[] => {
  if (perSecond <= 0 || value >= total) return [];
  const rate = isSize(name) ? sizeText(Math.round(perSecond)) : rateText(perSecond);
  return [`${rate}/s`, `${durationText(Math.ceil((total - value) / perSecond))} left`];
};

const rateText = (perSecond: number): string =>
  perSecond < 10 ? perSecond.toFixed(1) : numberText(Math.round(perSecond));
