import { grouped, table } from '@ait-rvv/command';
import { INSTRUCTION_CLASSES, type ClassCounts, type InstructionClass } from '@ait-rvv/remote';
import type { BenchReport } from './report.js';

const FAMILIES = [
  'scalar',
  'scalar loads',
  'scalar stores',
  'branches',
  'vset',
  'vector loads',
  'vector stores',
  'vector multiply-adds',
  'other vector',
] as const;

/** What a reader of one layer tells apart; the JSON has each class by itself. */
const FAMILY_OF: Readonly<Record<InstructionClass, (typeof FAMILIES)[number]>> = {
  scalarInteger: 'scalar',
  scalarMultiplyDivide: 'scalar',
  scalarLoad: 'scalar loads',
  scalarStore: 'scalar stores',
  branch: 'branches',
  scalarFloat: 'scalar',
  scalarMultiplyAdd: 'scalar',
  atomic: 'scalar',
  system: 'scalar',
  vectorConfig: 'vset',
  vectorLoadUnit: 'vector loads',
  vectorLoadStrided: 'vector loads',
  vectorLoadIndexed: 'vector loads',
  vectorStoreUnit: 'vector stores',
  vectorStoreStrided: 'vector stores',
  vectorStoreIndexed: 'vector stores',
  vectorInteger: 'other vector',
  vectorFloat: 'other vector',
  vectorMultiplyAdd: 'vector multiply-adds',
  vectorDivide: 'other vector',
  vectorReduction: 'other vector',
  vectorPermute: 'other vector',
  vectorMask: 'other vector',
};

/** What every layer executes by families of instructions; nothing where the device does not count them. */
export function classTable({ layers, outsideLayers }: BenchReport): string[] {
  const outside = outsideLayers === undefined ? [] : [{ ...outsideLayers, name: 'outside layers' }];
  const rows = [...layers, ...outside].flatMap(({ name, classes }) =>
    classes === undefined ? [] : [[name, ...FAMILIES.map((family) => grouped(countOf(family, classes)))]],
  );
  return rows.length === 0 ? [] : [table(['instructions of layer', ...FAMILIES], rows)];
}

function countOf(family: (typeof FAMILIES)[number], classes: ClassCounts): number {
  return INSTRUCTION_CLASSES.reduce((sum, name) => sum + (FAMILY_OF[name] === family ? classes[name] : 0), 0);
}
