import {
  CompileError,
  formatDiagnostic,
  type Diagnostic,
  type Graph,
  type ModelSource,
  type Tensor,
} from '@ait-rvv/ir';
import { importOnnx } from '@ait-rvv/ir/onnx';
import { readNpy } from '@ait-rvv/ir/weights';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { list, type Values } from './command.js';
import { externalReader } from './external-data.js';
import { printable, UsageError } from './failures.js';
import { readInputFile } from './files.js';
import { whole } from './options.js';

export interface LoadedModel {
  readonly graph: Graph;
  readonly source: ModelSource;
  /** What the program is called unless --name says otherwise. */
  readonly stem: string;
}

/** How an ONNX file is read, apart from the file itself. */
interface Reading {
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly constants: readonly string[];
  readonly maxNodes?: number | undefined;
  readonly warn?: (warning: Diagnostic) => void;
}

/**
 * Loads an ONNX file or builds a zoo network, as the options of the command say. `log` is told, line by line, what
 * deserves attention although the model compiles.
 */
export function loadModel(model: string, values: Values, log: (line: string) => void = () => undefined): LoadedModel {
  return load(model, {
    shapes: parseShapes(list(values, 'shape')),
    constants: list(values, 'const'),
    maxNodes: whole(values, 'max-nodes', 1, 2 ** 31 - 1),
    warn: (warning) => log(`warning: ${printable(formatDiagnostic({ where: model, ...warning }))}`.slice(0, 600)),
  });
}

/** Loads the model a manifest names, with the shapes it was compiled for. */
export function reloadModel(source: ModelSource, model: string): LoadedModel {
  const shapes = new Map(Object.entries(source.shapes));
  const loaded = load(model, { shapes, constants: source.constants ?? [], maxNodes: Infinity });
  if (loaded.source.sha256 !== source.sha256) {
    throw new UsageError(`${model} is another model than the one that was compiled`, [
      'compile again, or name the right file with --model',
    ]);
  }
  return loaded;
}

function load(model: string, { shapes, constants, maxNodes, warn }: Reading): LoadedModel {
  if (model.startsWith('zoo:')) {
    if (shapes.size > 0 || constants.length > 0)
      throw new UsageError('--shape and --const are for ONNX files; a zoo network takes zoo:NAME@size?batch=N');
    const reference = parseZooReference(model);
    const sha256 = createHash('sha256').update(model).digest('hex');
    return { graph: buildZooModel(reference), stem: reference.name, source: { model, sha256, shapes: {} } };
  }
  const bytes = readInputFile(model, 'model');
  const name = basename(model).replace(/\.onnx$/i, '');
  const options = {
    name,
    shapes,
    constants: readConstants(constants),
    external: externalReader(dirname(model)),
    ...(maxNodes === undefined ? {} : { maxNodes }),
    ...(warn === undefined ? {} : { warn }),
  };
  const graph = naming(model, () => importOnnx(bytes, options));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const source = { model, sha256, shapes: Object.fromEntries(shapes) };
  return { graph, stem: name, source: constants.length === 0 ? source : { ...source, constants } };
}

/** Diagnostics about the file as a whole get its name. */
function naming<T>(model: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    throw new CompileError(
      error.diagnostics.map((found) => (found.where === undefined ? { ...found, where: model } : found)),
    );
  }
}

function parseShapes(given: readonly string[]): ReadonlyMap<string, readonly number[]> {
  return new Map(
    given.map((text) => {
      const match = /^(.+):((?:[0-9]{1,9}(?:,[0-9]{1,9})*)?)$/s.exec(text);
      if (match === null)
        throw new UsageError(`--shape takes NAME:D,D,…, not ${JSON.stringify(text)}`, [
          'for example --shape input:1,3,224,224',
        ]);
      const [, name = '', dims = ''] = match;
      return [name, dims === '' ? [] : dims.split(',').map(Number)];
    }),
  );
}

function readConstants(given: readonly string[]): ReadonlyMap<string, Tensor> {
  return new Map(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new UsageError(`--const takes NAME=FILE.npy, not ${JSON.stringify(text)}`);
      const file = text.slice(at + 1);
      return [text.slice(0, at), readNpy(readInputFile(file, 'constant'), file)];
    }),
  );
}
