import type { WeightEncoding } from './encoding.js';
import { typeAt, valueAt, type Graph } from './graph.js';
import { elementCount } from './shape.js';
import { typeText, type Tensor } from './tensor.js';

export interface PrintOptions {
  /** `elided` leaves out the elements of large constants; such text cannot be parsed back. */
  readonly constants?: 'full' | 'elided';
}

/** Constants of at most this many elements are written as numbers. */
const READABLE = 16;

/**
 * The graph as text, one node a line; `parseGraph(printGraph(g))` is `g`. Names are JSON strings, elements of small
 * constants decimals that read back exactly, of large ones base64 of their little-endian bytes.
 */
export function printGraph(graph: Graph, options: PrintOptions = {}): string {
  const lines = [`graph ${JSON.stringify(graph.name)} {`];
  const inputs = new Set(graph.inputs);
  const producer = new Map(graph.nodes.flatMap((node) => node.outputs.map((id) => [id, node] as const)));
  const printed = new Set<unknown>();
  for (const value of graph.values) {
    const head = `  %${value.id}`;
    const tail = `: ${typeText(value.type)} ${JSON.stringify(value.name)}`;
    if (inputs.has(value.id)) lines.push(`${head} = input ${tail}`);
    else if (value.constant !== undefined) lines.push(`${head} = ${constantText(value.constant, options)} ${tail}`);
    else {
      const node = producer.get(value.id);
      if (node === undefined || printed.has(node)) continue;
      printed.add(node);
      const outputs = node.outputs.map((id) => `%${id}`).join(', ');
      const operands = node.inputs.map((id) => `%${id}`).join(', ');
      const types = node.outputs
        .map((id) => `${typeText(typeAt(graph, id))} ${JSON.stringify(valueAt(graph, id).name)}`)
        .join(', ');
      lines.push(
        `  ${outputs} = ${node.op.kind}(${operands}) ${JSON.stringify(node.name)} ${attrsText(node.attrs)} : ${types}`,
      );
    }
  }
  for (const output of graph.outputs) lines.push(`  output ${JSON.stringify(output.name)} = %${output.value}`);
  return `${lines.join('\n')}\n}\n`;
}

function constantText(constant: WeightEncoding, options: PrintOptions): string {
  if (constant.kind === 'dense') return `const ${elementsText(constant.tensor, options)}`;
  const { n, m, tileRows, rowAxis, values, columns } = constant;
  const table: Tensor = {
    dtype: 'i32',
    shape: [columns.length],
    data: new Int32Array(columns.buffer, columns.byteOffset, columns.length),
  };
  const shape = `[${values.shape.join(',')}]`;
  return `columnNM ${n}:${m} tile ${tileRows} axis ${rowAxis} values ${shape} ${elementsText(values, options)} columns ${elementsText(table, options)}`;
}

function elementsText(tensor: Tensor, options: PrintOptions): string {
  const { data } = tensor;
  if (elementCount(tensor.shape) <= READABLE) {
    const numbers = Array.from(data as ArrayLike<number | bigint>);
    // Infinities, NaN and −0 have no JSON form; their bytes have.
    const plain = numbers.every(
      (value) => typeof value === 'bigint' || (Number.isFinite(value) && !Object.is(value, -0)),
    );
    if (plain) return `(${numbers.join(' ')})`;
  }
  if (options.constants === 'elided') return '<elided>';
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  let binary = '';
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return `<${btoa(binary)}>`;
}

/** JSON with names for what JSON lacks: `{"number":"inf"}`. */
function attrsText(attrs: unknown): string {
  return JSON.stringify(attrs, (_, value: unknown) =>
    typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
      ? { number: Object.is(value, -0) ? '-0' : String(value) }
      : value,
  );
}
