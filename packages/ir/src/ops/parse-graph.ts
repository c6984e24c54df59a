import { isDType, viewData, byteSize, type DType } from '../core/dtype.js';
import type { WeightEncoding } from '../core/encoding.js';
import type { Graph, Node, Value } from '../core/graph.js';
import { parseLayout } from '../core/layout.js';
import { elementCount } from '../core/shape.js';
import { fromNumbers, type Tensor, type TensorType } from '../core/tensor.js';
import { verifyGraph } from '../core/verify.js';
import { CompileError, fail } from '../diagnostics/diagnostic.js';
import { findOp } from './index.js';

/** Reads the text form of a graph. Throws AIT2201 with the line for what is not one, AIT200x for a broken graph. */
export function parseGraph(text: string): Graph {
  const lines = text.split('\n');
  const header = /^graph ("(?:[^"\\]|\\.)*") \{$/.exec(lines[0] ?? '');
  if (header === null) fail('AIT2201', 'line 1: a graph begins with: graph "name" {');
  const parser = new GraphParser();
  const end = lines.indexOf('}');
  if (end < 0) fail('AIT2201', 'the graph has no end.');
  const rest = lines.findIndex((line, index) => index > end && line.trim() !== '');
  if (rest >= 0) fail('AIT2201', `line ${rest + 1}: there is text after the end of the graph.`);
  lines.slice(1, end).forEach((line, index) => {
    if (line.trim() !== '') parser.line(line.trim(), `line ${index + 2}`);
  });
  const graph = parser.finish(jsonString(header[1] ?? '', 'line 1'));
  try {
    verifyGraph(graph);
  } catch (error) {
    if (error instanceof CompileError) throw error;
    fail('AIT2201', 'the attributes of a node do not fit its op.');
  }
  return graph;
}

const STRING = '"(?:[^"\\\\]|\\\\.)*"';
const TYPE = `[a-z0-9]+\\[[0-9,]*\\](?::[^\\s"]+)? ${STRING}`;
const OUTPUT = new RegExp(`^output (${STRING}) = %([0-9]{1,9})$`);
const INPUT = new RegExp(`^%([0-9]{1,9}) = input : (${TYPE})$`);
const CONST = new RegExp(`^%([0-9]{1,9}) = const (<[^>]*>|\\([^)]*\\)) : (${TYPE})$`);
const COLUMN_NM = new RegExp(
  `^%([0-9]{1,9}) = columnNM ([0-9]{1,9}):([0-9]{1,9}) tile ([0-9]{1,9}) axis ([01]) values \\[([0-9,]*)\\] (<[^>]*>|\\([^)]*\\)) columns (<[^>]*>|\\([^)]*\\)) : (${TYPE})$`,
);
const NODE = new RegExp(
  `^(%[0-9, %]+) = ([A-Za-z0-9]+)\\(([%0-9, ]*)\\) (${STRING}) (\\{.*\\}) : (${TYPE}(?:, ${TYPE})*)$`,
);

class GraphParser {
  readonly #values: Value[] = [];
  readonly #nodes: Node[] = [];
  readonly #inputs: number[] = [];
  readonly #outputs: { name: string; value: number }[] = [];

  line(line: string, where: string): void {
    const output = OUTPUT.exec(line);
    if (output !== null) {
      this.#outputs.push({ name: jsonString(output[1] ?? '', where), value: Number(output[2]) });
      return;
    }
    const input = INPUT.exec(line);
    if (input !== null) {
      this.#value(Number(input[1]), input[2] ?? '', where);
      this.#inputs.push(Number(input[1]));
      return;
    }
    const constant = CONST.exec(line);
    if (constant !== null) {
      const { type } = typeAndName(constant[3] ?? '', where);
      this.#value(Number(constant[1]), constant[3] ?? '', where, {
        kind: 'dense',
        tensor: elements(constant[2] ?? '', type.dtype, type.shape, where),
      });
      return;
    }
    const sparse = COLUMN_NM.exec(line);
    if (sparse !== null) this.#value(Number(sparse[1]), sparse[9] ?? '', where, columnNM(sparse, where));
    else this.#node(line, where);
  }

  finish(name: string): Graph {
    return { name, values: this.#values, nodes: this.#nodes, inputs: this.#inputs, outputs: this.#outputs };
  }

  #node(line: string, where: string): void {
    const match = NODE.exec(line);
    const op = match === null ? undefined : findOp(match[2] ?? '');
    if (match === null || op === undefined) fail('AIT2201', `${where}: this is no node, constant, input or output.`);
    const ids = (text: string): number[] => [...text.matchAll(/%([0-9]{1,9})/g)].map((found) => Number(found[1]));
    const outputs = ids(match[1] ?? '');
    const types = [...(match[6] ?? '').matchAll(new RegExp(TYPE, 'g'))].map((found) => found[0]);
    outputs.forEach((id, index) => this.#value(id, types[index] ?? '', where));
    const attrs = parseAttrs(match[5] ?? '', where);
    this.#nodes.push({ op, name: jsonString(match[4] ?? '', where), inputs: ids(match[3] ?? ''), outputs, attrs });
  }

  #value(id: number, text: string, where: string, constant?: WeightEncoding): void {
    if (id !== this.#values.length) fail('AIT2201', `${where}: %${id} comes where %${this.#values.length} is due.`);
    const { type, name } = typeAndName(text, where);
    this.#values.push(constant === undefined ? { id, name, type } : { id, name, type, constant });
  }
}

function typeAndName(text: string, where: string): { type: TensorType; name: string } {
  const match = new RegExp(`^([a-z0-9]+)\\[([0-9,]*)\\](?::([^\\s"]+))? (${STRING})$`).exec(text);
  const dtype = match?.[1] ?? '';
  const shape = dims(match?.[2] ?? '');
  const layout = parseLayout(match?.[3] ?? '', shape.length);
  if (match === null || !isDType(dtype) || layout === undefined)
    fail('AIT2201', `${where}: ${JSON.stringify(text)} is no type.`);
  return { type: { dtype, shape, layout }, name: jsonString(match[4] ?? '', where) };
}

function dims(text: string): number[] {
  return text === '' ? [] : text.split(',').map(Number);
}

function elements(text: string, dtype: DType, shape: readonly number[], where: string): Tensor {
  const count = elementCount(shape);
  if (text === '<elided>')
    fail('AIT2201', `${where}: the elements of this constant were left out when it was printed.`);
  if (text.startsWith('(')) {
    const parts = text
      .slice(1, -1)
      .split(' ')
      .filter((part) => part !== '');
    const data = dtype === 'i64' ? integers(parts, where) : parts.map(Number);
    if (parts.length !== count || ((data as ArrayLike<number | bigint>)[0] === undefined) !== (count === 0))
      wrongCount(where);
    if (dtype === 'i64') return { dtype, shape, data: data as BigInt64Array };
    if ((data as number[]).some((value) => Number.isNaN(value))) fail('AIT2201', `${where}: an element is no number.`);
    return fromNumbers(dtype, shape, data as number[]);
  }
  let binary: string;
  try {
    binary = atob(text.slice(1, -1));
  } catch {
    fail('AIT2201', `${where}: the elements are no base64.`);
  }
  if (binary.length !== count * byteSize(dtype)) wrongCount(where);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return { dtype, shape, data: viewData(dtype, bytes.buffer, 0, count) };
}

function wrongCount(where: string): never {
  return fail('AIT2201', `${where}: the constant has not as many elements as its shape says.`);
}

function integers(parts: readonly string[], where: string): BigInt64Array {
  if (parts.some((part) => !/^-?[0-9]{1,19}$/.test(part))) fail('AIT2201', `${where}: an element is no whole number.`);
  return BigInt64Array.from(parts, BigInt);
}

function columnNM(match: RegExpExecArray, where: string): WeightEncoding {
  const [, , n, m, tileRows, rowAxis, shape = '', values = '', columns = ''] = match;
  const kept = dims(shape);
  const tiles = Math.ceil((kept[0] ?? 0) / Math.max(1, Number(tileRows)));
  const table = elements(columns, 'i32', [tiles * (kept[1] ?? 0)], where);
  return {
    kind: 'columnNM',
    n: Number(n),
    m: Number(m),
    tileRows: Number(tileRows),
    rowAxis: rowAxis === '1' ? 1 : 0,
    values: elements(values, 'f32', kept, where),
    columns: Uint32Array.from(table.data as Int32Array),
  };
}

function jsonString(text: string, where: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return fail('AIT2201', `${where}: ${text} is no name.`);
  }
}

function parseAttrs(text: string, where: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) => {
      if (typeof value !== 'object' || value === null || !('number' in value)) return value;
      return value.number === '-0' ? -0 : Number(value.number);
    });
  } catch {
    return fail('AIT2201', `${where}: the attributes are no JSON.`);
  }
}
