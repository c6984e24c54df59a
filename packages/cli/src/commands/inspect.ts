import {
  flag,
  grouped,
  JSON_OPTION,
  loadModel,
  MODEL_OPTIONS,
  printable,
  table,
  text,
  writeOutputFile,
} from '@ait-rvv/command';
import type { Command } from '../context.js';
import { considerKernels, isView, lower, type Backend } from '@ait-rvv/codegen-core';
import { elementCount, multiplyAddsOf, nodeText, typeAt, typeText, type Graph, type Node } from '@ait-rvv/ir';
import { dotText } from '../dot.js';
import { findObstacles, obstaclesText } from '../obstacles.js';
import { prunableLayers } from '../prunable.js';
import { createBackend, TARGET_OPTION, WINOGRAD_OPTION } from '../wire.js';

export const inspect: Command = {
  name: 'inspect',
  positional: '<model>',
  summary: 'show the layers of a model, their shapes, parameters and multiply-adds',
  example: 'ait-rvv inspect zoo:mobilenet_v2 --why',
  options: {
    ...MODEL_OPTIONS,
    ...JSON_OPTION,
    ...TARGET_OPTION,
    ...WINOGRAD_OPTION,
    unsupported: { type: 'boolean', describe: 'only what stands in the way of compiling it, with the layers' },
    why: { type: 'boolean', describe: 'which kernels take each layer, and why others do not' },
    dot: { type: 'string', describe: 'write the graph in Graphviz form' },
  },
  run(values, context) {
    if (flag(values, 'unsupported')) {
      const obstacles = findObstacles(String(values['model']), values, context.log);
      const json = flag(values, 'json');
      context.print(json ? JSON.stringify({ schemaVersion: 1, unsupported: obstacles }) : obstaclesText(obstacles));
      return Promise.resolve(0);
    }
    const { graph } = loadModel(String(values['model']), values, context.log);
    const dot = text(values, 'dot');
    if (dot !== undefined) writeOutputFile(dot, dotText(graph));
    const why = flag(values, 'why');
    const backend = createBackend(text(values, 'target') ?? 'rvv', 'rv64gcv', { winograd: flag(values, 'winograd') });
    const shown = why ? lower(graph, backend) : graph;
    const prunable = prunableLayers(graph);
    const layers = shown.nodes.map((node) => ({ ...describe(shown, node), ...prunability(prunable, node) }));
    if (flag(values, 'json')) {
      const detail = why
        ? shown.nodes.map((node, index) => ({ ...layers[index], kernels: kernels(shown, node, backend) }))
        : layers;
      context.print(
        JSON.stringify({
          schemaVersion: 1,
          name: graph.name,
          ...totals(graph),
          inputs: tensors(graph, graph.inputs),
          outputs: tensors(
            graph,
            graph.outputs.map((o) => o.value),
          ),
          layers: detail,
        }),
      );
      return Promise.resolve(0);
    }
    const rows = layers.map((layer) => [
      layer.op,
      layer.name,
      layer.output,
      grouped(layer.parameters),
      grouped(layer.multiplyAdds),
      layer.prunable ?? '',
    ]);
    context.print(table(['op', 'layer', 'output', 'parameters', 'multiply-adds', 'prunable'], rows));
    const { parameters, multiplyAdds } = totals(graph);
    context.print(
      `\n${grouped(shown.nodes.length)} nodes, ${grouped(parameters)} parameters, ${grouped(multiplyAdds)} multiply-adds`,
    );
    if (why) context.print(`\n${shown.nodes.map((node) => explain(shown, node, backend)).join('\n')}`);
    return Promise.resolve(0);
  },
};

function prunability(prunable: ReadonlyMap<string, string>, node: Node): { prunable?: string } {
  const said = prunable.get(node.name);
  return said === undefined ? {} : { prunable: said };
}

function describe(
  graph: Graph,
  node: Node,
): { op: string; name: string; output: string; parameters: number; multiplyAdds: number } {
  const types = (ids: readonly number[]) => ids.map((id) => typeAt(graph, id));
  return {
    op: node.op.kind,
    name: node.name,
    output: types(node.outputs).map(typeText).join(' '),
    parameters: countConstants(graph, node.inputs),
    multiplyAdds: multiplyAddsOf(graph, node),
  };
}

function totals(graph: Graph): { parameters: number; multiplyAdds: number } {
  const multiplyAdds = graph.nodes.reduce((sum, node) => sum + describe(graph, node).multiplyAdds, 0);
  return {
    parameters: countConstants(
      graph,
      graph.values.map((value) => value.id),
    ),
    multiplyAdds,
  };
}

function countConstants(graph: Graph, ids: readonly number[]): number {
  return ids.reduce((sum, id) => {
    const value = graph.values[id];
    return value?.constant === undefined ? sum : sum + elementCount(value.type.shape);
  }, 0);
}

function tensors(graph: Graph, ids: readonly number[]): readonly string[] {
  return ids.map((id) => `${graph.values[id]?.name ?? ''} ${typeText(typeAt(graph, id))}`);
}

function kernels(graph: Graph, node: Node, backend: Backend) {
  if (isView(graph, node)) return [];
  return considerKernels(graph, node, backend).map(({ kernel, refusal, candidates }) => ({
    kernel,
    ...(refusal === undefined ? {} : { refusal }),
    candidates: candidates.map(({ parameters, cost }) => ({ parameters, cost })),
  }));
}

function explain(graph: Graph, node: Node, backend: Backend): string {
  if (isView(graph, node)) return `${printable(nodeText(node))}\n  a view: nothing to compute`;
  const lines = kernels(graph, node, backend)
    .filter(({ refusal }) => refusal === undefined || !refusal.startsWith('takes '))
    .map(({ kernel, refusal, candidates }) => {
      if (refusal !== undefined) return `  ${kernel}: no, ${refusal}`;
      const list = [...candidates]
        .sort((a, b) => a.cost - b.cost)
        .map(({ parameters, cost }) => {
          const choice = Object.entries(parameters)
            .map(([key, value]) => `${key}=${value}`)
            .join(',');
          return `${choice === '' ? '' : `${choice} `}~${grouped(cost)} cycles`;
        });
      return `  ${kernel}: ${list.join(' · ')}`;
    });
  return [printable(nodeText(node)), ...lines].join('\n');
}
