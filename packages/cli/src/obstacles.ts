import { grouped, loadModel, printable, text, type Values } from '@ait-rvv/command';
import { lower, selectKernels } from '@ait-rvv/codegen-core';
import { CompileError, quoteName, type Diagnostic } from '@ait-rvv/ir';
import { createBackend } from './wire.js';

/** One reason why a model does not compile, and every layer it concerns. */
export interface Obstacle {
  readonly code: Diagnostic['code'];
  /** The operator concerned, or what else it is: `tensor`, `input`; empty for the model as a whole. */
  readonly operator: string;
  readonly reason: string;
  readonly layers: readonly string[];
}

/** Everything that stands in the way of compiling a model. Throws for a file that is no sound model. */
export function findObstacles(model: string, values: Values, log: (line: string) => void): readonly Obstacle[] {
  try {
    const backend = createBackend(text(values, 'target') ?? 'rvv', 'rv64gcv');
    selectKernels(lower(loadModel(model, values, log).graph, backend), backend);
    return [];
  } catch (error) {
    if (!(error instanceof CompileError) || error.kind !== 'unsupported') throw error;
    return groupObstacles(error.diagnostics);
  }
}

/** One obstacle per operator and reason, in the order they were found. */
export function groupObstacles(diagnostics: readonly Diagnostic[]): readonly Obstacle[] {
  const groups = new Map<string, { obstacle: Obstacle; layers: string[] }>();
  for (const { code, where = '', message } of diagnostics) {
    // `Conv "stem"`: messages name a node by its operator and its name.
    const [, operator = '', quoted] = /^([^\s"]+) (".*")$/s.exec(where) ?? [];
    const layer = quoted === undefined ? where : String(JSON.parse(quoted));
    const key = JSON.stringify([code, operator, message]);
    let group = groups.get(key);
    if (group === undefined) {
      const layers: string[] = [];
      group = { obstacle: { code, operator, reason: message, layers }, layers };
      groups.set(key, group);
    }
    if (layer !== '') group.layers.push(layer);
  }
  return [...groups.values()].map(({ obstacle }) => obstacle);
}

/** For people: a line a reason, and below it the layers. */
export function obstaclesText(obstacles: readonly Obstacle[]): string {
  if (obstacles.length === 0) return 'nothing stands in the way: every layer has a kernel';
  const layers = obstacles.reduce((sum, obstacle) => sum + obstacle.layers.length, 0);
  const count = (number: number, word: string): string => `${grouped(number)} ${word}${number === 1 ? '' : 's'}`;
  return [
    `${count(obstacles.length, 'reason')}, ${count(layers, 'layer')}`,
    ...obstacles.map((one) =>
      [
        `\n${one.operator === '' ? '' : `${one.operator}: `}${printable(one.reason)} (${one.code})`,
        ...one.layers.map((layer) => `  ${quoteName(layer)}`),
      ].join('\n'),
    ),
  ].join('\n');
}
