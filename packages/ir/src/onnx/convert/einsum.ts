import type { ValueId } from '../../core/graph.js';
import { elementCount, type Shape } from '../../core/shape.js';
import { tensorI64 } from '../../core/tensor.js';
import { fail, quoteName } from '../../diagnostics/diagnostic.js';
import { matmul } from '../../ops/matmul.js';
import { reduce } from '../../ops/reduce.js';
import { reshape, transpose } from '../../ops/regroup.js';
import { expand, gather } from '../../ops/select.js';
import type { Convert, NodeContext } from '../node-context.js';

/** A tensor with a label for each of its axes. */
interface Term {
  readonly id: ValueId;
  readonly labels: readonly string[];
}

/**
 * Operands are multiplied from the left, two at a time, as a matrix product over the labels that neither the result nor a
 * later operand has; a label twice in one operand is its diagonal.
 */
export const convertEinsum: Convert = (node) => {
  const terms = node.inputs.map((_, index): ValueId => node.input(index));
  const { operands, result } = parseEquation(
    node,
    terms.map((id) => node.type(id).shape),
  );
  let steps = 0;
  const part = (name: string): string => `${name}${steps++}`;
  const extents = labelExtents(node, terms, operands);
  const prepared = terms.map((id, index) => diagonal(node, { id, labels: operands[index] ?? [] }, part));
  let product = prepared[0] ?? { id: -1, labels: [] };
  prepared.slice(1).forEach((right, index) => {
    const later = new Set([...result, ...prepared.slice(index + 2).flatMap((term) => term.labels)]);
    product = multiply(node, product, right, { kept: later, extents, part });
  });
  const summed = sumOut(node, product, new Set(result), part);
  const full = expanded(node, summed, extents, part);
  const perm = result.map((label) => full.labels.indexOf(label));
  return node.result(transpose, [full.id], { perm });
};

interface Equation {
  readonly operands: readonly (readonly string[])[];
  readonly result: readonly string[];
}

/** Labels of every operand and of the result; the axes of an ellipsis get labels of their own, aligned at the end. */
function parseEquation(node: NodeContext, shapes: readonly Shape[]): Equation {
  const equation = node.attributes.string('equation', '');
  const [left = '', right, more] = equation.replace(/\s+/g, '').split('->');
  const texts = left.split(',');
  const wrong = (): never =>
    fail('AIT1002', `the equation ${quoteName(equation)} does not fit its operands.`, { where: node.where });
  if (more !== undefined || texts.length !== shapes.length) wrong();
  const operands = texts.map((text, index) => {
    const labels = labelsOf(text) ?? wrong();
    const rank = shapes[index]?.length ?? 0;
    const free = rank - labels.filter((label) => label !== '...').length;
    if (free < 0 || (free > 0 && !labels.includes('...'))) wrong();
    return labels.flatMap((label) =>
      label === '...' ? Array.from({ length: free }, (_, i) => `.${free - i}`) : [label],
    );
  });
  const all = operands.flat();
  const dots = [...new Set(all.filter((label) => label.startsWith('.')))].sort(
    (a, b) => Number(b.slice(1)) - Number(a.slice(1)),
  );
  const once = [...new Set(all)].filter(
    (label) => /^[A-Za-z]$/.test(label) && all.filter((one) => one === label).length === 1,
  );
  const wanted = right === undefined ? ['...', ...once.sort()] : (labelsOf(right) ?? wrong());
  const result = wanted.flatMap((label) => (label === '...' ? dots : [label]));
  if (new Set(result).size !== result.length || result.some((label) => !all.includes(label))) wrong();
  return { operands, result };
}

function labelsOf(text: string): string[] | undefined {
  const labels = text.match(/\.\.\.|[A-Za-z]/g) ?? [];
  return labels.join('') === text && labels.filter((label) => label === '...').length <= 1 ? labels : undefined;
}

function labelExtents(
  node: NodeContext,
  terms: readonly ValueId[],
  operands: readonly (readonly string[])[],
): ReadonlyMap<string, number> {
  const extents = new Map<string, number>();
  terms.forEach((id, index) => {
    node.type(id).shape.forEach((extent, axis) => {
      const label = operands[index]?.[axis] ?? '';
      const known = extents.get(label) ?? 1;
      if (known !== 1 && extent !== 1 && known !== extent)
        fail('AIT1002', `the axes of one label have ${known} and ${extent} elements.`, { where: node.where });
      extents.set(label, known === 1 ? extent : known);
    });
  });
  return extents;
}

type PartNames = (name: string) => string;

/** Brings axes of the same label together and keeps their diagonal. */
function diagonal(node: NodeContext, term: Term, part: PartNames): Term {
  const twice = term.labels.find((label, axis) => term.labels.indexOf(label) !== axis);
  if (twice === undefined) return term;
  const { shape } = node.type(term.id);
  const axes = term.labels.flatMap((label, axis) => (label === twice ? [axis] : [])).slice(0, 2);
  const others = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const perm = [...others, ...axes];
  const turned = node.emit(transpose, [term.id], { perm }, part('turned'));
  const extent = shape[axes[0] ?? 0] ?? 1;
  const rest = others.map((axis) => shape[axis] ?? 1);
  if (extent !== shape[axes[1] ?? 0]) fail('AIT1002', 'a diagonal needs a square.', { where: node.where });
  const flat = node.emit(reshape, [turned], { shape: [...rest, extent * extent] }, part('flat'));
  const places = node.value(
    tensorI64(
      [extent],
      Array.from({ length: extent }, (_, i) => i * (extent + 1)),
    ),
    part('places'),
  );
  const id = node.emit(gather, [flat, places], { axis: rest.length }, part('diagonal'));
  return diagonal(node, { id, labels: [...others.map((axis) => term.labels[axis] ?? ''), twice] }, part);
}

/** Sums over the labels that nobody needs any more. */
function sumOut(node: NodeContext, term: Term, kept: ReadonlySet<string>, part: PartNames): Term {
  const axes = term.labels.flatMap((label, axis) => (kept.has(label) ? [] : [axis]));
  if (axes.length === 0) return term;
  const id = node.emit(reduce, [term.id], { mode: 'sum', axes, keepDims: false }, part('sum'));
  return { id, labels: term.labels.filter((label) => kept.has(label)) };
}

interface Product {
  readonly kept: ReadonlySet<string>;
  readonly extents: ReadonlyMap<string, number>;
  readonly part: PartNames;
}

/** One matrix product: labels of both are batches when they are kept and summed over when not. */
function multiply(node: NodeContext, left: Term, right: Term, { kept, extents, part }: Product): Term {
  const a = expanded(node, sumOut(node, left, new Set([...kept, ...right.labels]), part), extents, part);
  const b = expanded(node, sumOut(node, right, new Set([...kept, ...left.labels]), part), extents, part);
  const common = a.labels.filter((label) => b.labels.includes(label));
  const batch = common.filter((label) => kept.has(label));
  const inner = common.filter((label) => !kept.has(label));
  const rows = a.labels.filter((label) => !common.includes(label));
  const columns = b.labels.filter((label) => !common.includes(label));
  const size = (labels: readonly string[]): number[] => labels.map((label) => extents.get(label) ?? 1);
  const matrix = (term: Term, one: readonly string[], two: readonly string[]): ValueId => {
    const perm = [...batch, ...one, ...two].map((label) => term.labels.indexOf(label));
    const turned = node.emit(transpose, [term.id], { perm }, part('turned'));
    const shape = [elementCount(size(batch)), elementCount(size(one)), elementCount(size(two))];
    return node.emit(reshape, [turned], { shape }, part('matrix'));
  };
  const factors = [matrix(a, rows, inner), matrix(b, inner, columns)];
  const product = node.emit(matmul, factors, { transA: false, transB: false, epilogue: [] }, part('product'));
  const labels = [...batch, ...rows, ...columns];
  return { id: node.emit(reshape, [product], { shape: size(labels) }, part('term')), labels };
}

/** Axes of one element repeated where their label has more. */
function expanded(node: NodeContext, term: Term, extents: ReadonlyMap<string, number>, part: PartNames): Term {
  const { shape } = node.type(term.id);
  const full = term.labels.map((label) => extents.get(label) ?? 1);
  if (full.every((extent, axis) => extent === shape[axis])) return term;
  return { ...term, id: node.emit(expand, [term.id], { shape: full }, part('expanded')) };
}
