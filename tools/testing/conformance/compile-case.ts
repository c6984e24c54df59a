import { lower, selectKernels, type Backend } from '@ait-rvv/codegen-core';
import { CompileError, type Graph, type Tensor } from '@ait-rvv/ir';
import { importOnnx } from '@ait-rvv/ir/onnx';
import type { NodeCase } from './node-cases.js';

/** A case that compiles, and the inputs that are left to be given at run time. */
export interface CompiledCase {
  readonly name: string;
  readonly graph: Graph;
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly expected: ReadonlyMap<string, Tensor | undefined>;
  /** Inputs bound to their values, since they decide shapes. */
  readonly bound: readonly string[];
}

/** Imports a case and asks a target for kernels; a text says why it is not supported. */
export function compileCase(one: NodeCase, backend: Backend): CompiledCase | string {
  const tensors = new Map([...one.inputs].flatMap(([name, tensor]) => (tensor === undefined ? [] : [[name, tensor]])));
  const bound: string[] = [];
  try {
    const graph = importBinding(one.model, tensors, bound);
    selectKernels(lower(graph, backend), backend);
    const given = new Map([...tensors].filter(([name]) => !bound.includes(name)));
    return { name: one.name, graph, inputs: given, expected: one.outputs, bound };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return reasonOf(error);
  }
}

/** Imports, and binds what the importer asks for with `--const`, until it asks for nothing more. */
function importBinding(model: Uint8Array, tensors: ReadonlyMap<string, Tensor>, bound: string[]): Graph {
  for (;;) {
    const shapes = new Map(
      [...tensors].filter(([name]) => !bound.includes(name)).map(([name, { shape }]) => [name, shape]),
    );
    const constants = new Map([...tensors].filter(([name]) => bound.includes(name)));
    try {
      return importOnnx(model, { shapes, constants });
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      const wanted = error.diagnostics.flatMap(({ hint = '' }) =>
        [...hint.matchAll(/--const ([^ =]+)=/g)].map((match) => match[1] ?? ''),
      );
      if (!wanted.some((name) => tensors.has(name) && !bound.includes(name))) throw error;
      bound.push(...wanted);
    }
  }
}

/** The reasons without the names of single nodes. */
function reasonOf(error: CompileError): string {
  const reasons = error.diagnostics.map(({ where = '', message, hint }) => {
    const [subject = ''] = where.split(' ');
    return `${subject}: ${message}${hint === undefined ? '' : ` ${hint}`}`;
  });
  return [...new Set(reasons)].join(' ').replace(/\s+/g, ' ');
}
