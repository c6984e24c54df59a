import { grouped, printable, table } from '@ait-rvv/command';
import { isPruned, type Plan, type PlanLayer } from '../index.js';
import type { CheckResult } from './checks.js';

/** The plan as a table for a terminal. */
export function planTable(plan: Plan): string {
  const header = ['layer', 'weight', 'kept', 'columns', 'retained', 'multiply-adds', ''];
  const rows = plan.layers.map((layer) => [layer.name, ...cells(layer)]);
  return `${table(header, rows)}\n\n${summary(plan)}`;
}

/** `19 of 21 layers pruned, 52.1 % of 1,814,073,344 multiply-adds left, retained score 0.5803` */
export function summary({ totals }: Plan): string {
  const { layers, pruned, macs, weights, retained } = totals;
  return [
    `${pruned} of ${layers} layers pruned`,
    `${percent(macs.after / macs.before)} of ${grouped(macs.before)} multiply-adds left`,
    `${percent(weights.after / weights.before)} of ${grouped(weights.before)} weights left`,
    `retained score ${retained.toFixed(4)}`,
  ].join(', ');
}

/** The plan for a pull request. Names come from a model: they stand in code spans, where nothing is markup. */
export function planMarkdown(plan: Plan, checks: readonly CheckResult[]): string {
  const row = (list: readonly string[]): string => `| ${list.join(' | ')} |`;
  const header = ['layer', 'weight', 'kept', 'columns', 'retained', 'multiply-adds', 'dense because'];
  const verdicts = checks.map(
    ({ name, passed, text }) => `- ${passed ? 'passed' : '**failed**'}: \`${name}\`, ${text}`,
  );
  return `${[
    `### Pruning plan of ${code(plan.model.name)}`,
    '',
    `${summary(plan)}.`,
    ...(verdicts.length === 0 ? [] : ['', ...verdicts]),
    '',
    row(header),
    row(header.map((_, column) => (column === 0 || column === 6 ? '---' : '---:'))),
    ...plan.layers.map((layer) => {
      const [reason = '', ...rest] = cells(layer).reverse();
      return row([code(layer.name), ...rest.reverse(), reason === '' ? '' : code(reason)]);
    }),
  ].join('\n')}\n`;
}

/** Weight, N:M, kept columns, retained share, multiply-adds, reason. */
function cells(layer: PlanLayer): string[] {
  const weight = layer.shape.join('x');
  const macs = grouped(layer.macs.after);
  if (!isPruned(layer)) return [weight, 'all', '', '', macs, layer.reason];
  return [weight, `${layer.n}:${layer.m}`, String(layer.keptColumns), layer.retained.toFixed(4), macs, ''];
}

function percent(share: number): string {
  return `${(100 * (Number.isFinite(share) ? share : 1)).toFixed(1)} %`;
}

function code(text: string): string {
  return `\`${printable(text).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}
