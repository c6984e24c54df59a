import { byteSize, elementCount, nodeText, typeAt, typeText, valueAt, type ValueId } from '@ait-rvv/ir';
import type { KernelCall, KernelSource, ScratchNeed } from '../kernel.js';
import { pitchFields } from '../pitch-fields.js';
import { readsBeyond } from '../reads-beyond.js';
import { effectiveCalls, type Schedule } from '../schedule.js';
import type { Step } from '../step.js';
import { Addresses } from './addresses.js';
import { cComment, cSize, cString } from './c-literals.js';
import { WeightsWriter } from './weights.js';

/** All that the templates of model.h and model.c ask for, and the weights that belong to it. */
export interface ModelText {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly weights: { readonly file: Uint8Array; readonly hash: readonly number[]; readonly bodyBytes: number };
  readonly kernels: readonly KernelSource[];
}

export interface ModelTextOptions {
  readonly name: string;
  readonly embedded: boolean;
  /** Threads of an instance whose creator does not say. */
  readonly threads: number;
}

/** Turns a schedule into the parameters of the C templates. */
export function modelText(schedule: Schedule, { name, embedded, threads }: ModelTextOptions): ModelText {
  const writer = new WeightsWriter();
  const addresses = new Addresses(schedule.graph, schedule.storage, schedule.memory, writer);
  const results: ReturnType<typeof resultInfo>[] = [];
  const residents: object[] = [];
  const steps = schedule.steps.map((step) => {
    const packed = step.instance.weights.map((weights) => writer.packed(weights));
    const { resident } = step.instance;
    const calls = effectiveCalls(step, schedule.storage).map((call) => ({
      callee: callee(call, step),
      argsType: call.argsType,
      fields: addresses.fields(call.args, packed),
    }));
    const completed = step.outputs.map((id) => {
      results.push(resultInfo(schedule, id));
      return { index: results.length - 1, address: addresses.bytes(id) };
    });
    const made = { comments: comments(schedule, step), calls, results: completed };
    if (resident === undefined) return { ...made, resident: -1 };
    residents.push({ ...resident, fields: addresses.fields(resident.args, packed) });
    return { ...made, resident: residents.length - 1 };
  });
  const beyond = readsBeyond(schedule.steps);
  if (beyond > 0) writer.reserve(beyond);
  const outputCopies = schedule.storage.copiedOutputs.map((index) => ({
    index,
    address: addresses.bytes(schedule.graph.outputs[index]?.value ?? 0),
  }));
  // Addresses have announced every constant by now.
  const bodyBytes = writer.bodyBytes;
  const { file, hash } = writer.finish();
  const inputs = schedule.graph.inputs.map((id) => ({
    ...tensorInfo(schedule, id, valueAt(schedule.graph, id).name),
    read_beyond: isReadBeyond(schedule, id),
  }));
  const outputs = schedule.graph.outputs.map((output) => tensorInfo(schedule, output.value, output.name));
  return {
    weights: { file, hash, bodyBytes },
    kernels: distinctKernels(schedule),
    parameters: {
      name,
      upper: name.toUpperCase(),
      guard: `AIT_MODEL_${name.toUpperCase()}_H`,
      summary: [...inputs.map((t) => summaryLine('input', t)), ...outputs.map((t) => summaryLine('output', t))],
      inputs,
      outputs,
      steps,
      residents,
      reads_beyond: beyond,
      results,
      output_copies: outputCopies,
      scratch: distinctScratch(schedule),
      arena_bytes: cSize(schedule.memory.arenaBytes === 0 ? 0 : schedule.memory.arenaBytes + beyond),
      weight_bytes: cSize(bodyBytes),
      weight_hash: hash.map((word) => `0x${word.toString(16).padStart(8, '0')}U`),
      embedded,
      threads,
      default_weights: cString('weights.bin'),
    },
  };
}

/** A line for every layer of the step: what it computes. */
function comments({ graph }: Schedule, { layers }: Step): readonly string[] {
  return layers.map(({ node }) => {
    const shapes = node.outputs.map((id) => typeText(typeAt(graph, id))).join(' ');
    return cComment(`${nodeText(node)} -> ${shapes}`);
  });
}

/** Vector kernels and their twins go by a macro, everything else by its name. */
function callee({ symbol }: KernelCall, { instance }: Step): string {
  const source = instance.sources.find((one) => one.symbol === symbol);
  return source?.portable === true ? symbol : `AIT_KERNEL(${symbol})`;
}

/** Whether the tensor is read where the caller has put it, by a kernel that needs room behind it. */
function isReadBeyond({ steps, storage }: Schedule, input: ValueId): boolean {
  return steps.some(
    ({ inputs, instance }) => (instance.readsBeyond ?? 0) > 0 && inputs.some((id) => storage.locate(id).root === input),
  );
}

function tensorInfo(schedule: Schedule, id: ValueId, name: string) {
  const type = typeAt(schedule.graph, id);
  return {
    name,
    cname: cString(name),
    dtype: type.dtype,
    shape: type.shape.map(cSize),
    // In the model's own axis order, whatever the layout.
    bytes: cSize(elementCount(type.shape) * byteSize(type.dtype)),
    alignment: byteSize(type.dtype),
  };
}

function resultInfo(schedule: Schedule, id: ValueId) {
  const { layout } = typeAt(schedule.graph, id);
  return {
    ...tensorInfo(schedule, id, valueAt(schedule.graph, id).name),
    order: layout.order,
    block: layout.block ?? 0,
    pitch: pitchFields(typeAt(schedule.graph, id))
      .map(({ name, value }) => `.${name} = ${cSize(value)}`)
      .join(', '),
    block_stride: cSize(schedule.storage.blockStride(id)),
  };
}

function summaryLine(role: string, tensor: ReturnType<typeof tensorInfo>): string {
  return cComment(`${role} ${tensor.cname}: ${tensor.dtype} [${tensor.shape.join(', ')}]`);
}

function distinctKernels(schedule: Schedule): readonly KernelSource[] {
  const bySymbol = new Map<string, KernelSource>();
  for (const step of schedule.steps) {
    // A join whose inputs are all in place needs no kernel.
    if (effectiveCalls(step, schedule.storage).length === 0) continue;
    for (const source of step.instance.sources) bySymbol.set(source.symbol, source);
  }
  return [...bySymbol.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

function distinctScratch(schedule: Schedule): readonly { symbol: string; args: readonly string[] }[] {
  const byText = new Map<string, ScratchNeed>();
  for (const need of schedule.steps.flatMap((step) => step.instance.scratch)) {
    byText.set(`${need.symbol}(${need.args.join(',')})`, need);
  }
  return [...byText.values()].map((need) => ({ symbol: need.symbol, args: need.args.map(cSize) }));
}
