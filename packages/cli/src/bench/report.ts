import {
  INSTRUCTION_CLASSES,
  loadCore,
  peakMultiplyAdds,
  type ClassCounts,
  type Conditions,
  type DeviceSpec,
  type ExecResult,
  type ExecutionFigures,
  type ExecutionProfile,
  type MemoryFigures,
  type SimFigures,
  type SimReport,
  type Statistics,
} from '@ait-rvv/remote';
import { z } from 'zod';
import type { Manifest } from '../program-folder.js';

/** What is known of a layer, or of a whole inference; which of it depends on the device. All per inference. */
export interface Figures {
  /** What the network needs. */
  readonly multiplyAdds: number;
  readonly instructions?: number;
  readonly classes?: ClassCounts;
  /** What the executed instructions had room for. */
  readonly vectorMultiplyAdds?: number;
  readonly vectorSpills?: number;
  readonly cycles?: number;
  /** Of the cycles: if every access hit the first-level cache and every branch were predicted. */
  readonly issueCycles?: number;
  readonly branchCycles?: number;
  /** Multiply-adds needed over what the cores' vector units complete at best in these cycles. */
  readonly shareOfPeak?: number;
  readonly memory?: MemoryFigures;
  readonly nanoseconds?: { readonly min: number; readonly median?: number; readonly p95?: number };
}

export interface LayerReport extends Figures {
  readonly name: string;
  readonly kernel: string;
  /** Modelled cycles of every thread, where there are several; a layer's own exceed them where memory holds all up. */
  readonly threadCycles?: readonly number[];
}

export interface BenchReport {
  readonly schemaVersion: 1;
  readonly name: string;
  readonly device: string;
  /** Core and version of the model that cycles come from. */
  readonly model?: SimReport['model'];
  readonly threads: number;
  readonly iterations: number;
  readonly total: Figures;
  readonly memory: unknown;
  readonly layers: readonly LayerReport[];
  /** What was executed outside all layers; with it, the layers add up to the total. */
  readonly outsideLayers?: Figures;
  /** How times on a real machine came about. */
  readonly measurement?: MeasurementReport;
  readonly perThread?: readonly { readonly thread: number; readonly cycles?: number; readonly instructions: number }[];
}

/** Every sample's summary, and what may have disturbed them. */
export interface MeasurementReport {
  readonly nanoseconds: Statistics;
  /** Of all threads; absent where the kernel lets nobody count. */
  readonly cycles?: Statistics;
  /** Cores the program was bound to. */
  readonly cpus: readonly number[];
  readonly machine: { readonly model: string; readonly kernel: string; readonly vlen: number };
  readonly before: Conditions;
  readonly after: Conditions;
  readonly warnings: readonly string[];
}

/** What is to be measured, and how. */
export interface BenchWork {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly program: string;
  readonly threads: number;
  readonly iterations: number;
  readonly warmup: number;
  readonly timeoutMs: number;
}

export interface Settings {
  readonly device: DeviceSpec;
  readonly deviceText: string;
  readonly threads: number;
  readonly iterations: number;
}

const times = z.object({ min: z.number(), median: z.number(), p95: z.number() });

/** What the program itself prints. */
const printed = z.object({
  nanoseconds: times,
  memory: z.unknown(),
  layers: z.array(z.object({ output: z.string(), nanoseconds: z.number() })).optional(),
});

/** Puts together what the manifest, the program and the device say. */
export function benchReport(manifest: Manifest, settings: Settings, result: ExecResult): BenchReport {
  const own = printed.parse(JSON.parse(result.stdout));
  const needed = manifest.layers.map(({ multiplyAdds }) => multiplyAdds);
  const all = needed.reduce((sum, one) => sum + one, 0);
  const frame = {
    schemaVersion: 1 as const,
    name: manifest.name,
    device: settings.deviceText,
    threads: settings.threads,
    iterations: settings.iterations,
  };
  const profile = result.simulation ?? result.profile;
  const steps = stepsOf(manifest);
  if (profile === undefined) {
    const layers = steps.map((layer) => ({ ...plain(layer), ...timeOf(layer, own.layers) }));
    return { ...frame, total: { multiplyAdds: all, nanoseconds: own.nanoseconds }, memory: own.memory, layers };
  }
  // Wall time under emulation says nothing about a vector unit and is left out.
  const figures = figuresIn(settings, profile);
  const at = (step: number | null) => profile.layers.find((layer) => layer.step === step);
  return {
    ...frame,
    ...(result.simulation === undefined ? {} : { model: result.simulation.model }),
    total: figures(profile.total, all),
    memory: own.memory,
    layers: steps.map((layer) => ({
      ...plain(layer),
      ...figures(at(layer.step), layer.multiplyAdds),
      ...threadCycles(result.simulation, layer.step, settings.iterations),
    })),
    outsideLayers: figures(at(null), 0),
    perThread: profile.perThread.map(({ thread, total }) => ({
      thread,
      ...(isModelled(total) ? { cycles: total.cycles / settings.iterations } : {}),
      instructions: total.instructions / settings.iterations,
    })),
  };
}

type Layer = Manifest['layers'][number];

/** What is computed at once, and so can be told apart: a layer, or several layers as one from the first to the last. */
function stepsOf({ layers }: Manifest): readonly Layer[] {
  const steps = new Map<number, Layer>();
  for (const layer of layers) {
    const known = steps.get(layer.step);
    const joined = known && {
      ...known,
      name: `${known.name.split(' … ')[0] ?? ''} … ${layer.name}`,
      multiplyAdds: known.multiplyAdds + layer.multiplyAdds,
      outputs: [...known.outputs, ...layer.outputs],
    };
    steps.set(layer.step, joined ?? layer);
  }
  return [...steps.values()];
}

function plain({ name, kernel, multiplyAdds }: Layer) {
  return { name, kernel, multiplyAdds };
}

function threadCycles(
  simulation: SimReport | undefined,
  step: number,
  iterations: number,
): Pick<LayerReport, 'threadCycles'> {
  if (simulation === undefined || simulation.perThread.length < 2) return {};
  const own = simulation.perThread.map(({ layers }) => layers.find((layer) => layer.step === step)?.cycles ?? 0);
  return { threadCycles: own.map((cycles) => cycles / iterations) };
}

/** A layer's time is that of the results it completes. */
function timeOf({ outputs }: Layer, layers: z.infer<typeof printed>['layers']): Partial<Figures> {
  if (layers === undefined) return {};
  const own = layers.filter(({ output }) => outputs.some(({ name }) => name === output));
  return { nanoseconds: { min: own.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0) } };
}

/** Turns executed and modelled figures into those of one inference. A step without instructions executed none. */
function figuresIn({ device, threads, iterations }: Settings, profile: ExecutionProfile | SimReport) {
  const peak = device.kind === 'sim' ? peakMultiplyAdds(loadCore(device.core).core) * threads : undefined;
  const zero = scaled(profile.total, 0);
  return (found: ExecutionFigures | SimFigures | undefined, multiplyAdds: number): Figures => {
    const one = found === undefined ? zero : scaled(found, 1 / iterations);
    const cycles = one.cycles ?? 0;
    const share = peak === undefined ? {} : { shareOfPeak: cycles === 0 ? 0 : multiplyAdds / (cycles * peak) };
    return { multiplyAdds, ...one, ...share };
  };
}

function isModelled(figures: ExecutionFigures | SimFigures): figures is SimFigures {
  return 'cycles' in figures;
}

function scaled(figures: ExecutionFigures | SimFigures, factor: number): Omit<Figures, 'multiplyAdds'> {
  const classes = Object.fromEntries(
    INSTRUCTION_CLASSES.map((name) => [name, figures.classes[name] * factor]),
  ) as ClassCounts;
  const executed = {
    instructions: figures.instructions * factor,
    classes,
    vectorMultiplyAdds: figures.vectorMultiplyAdds * factor,
    vectorSpills: figures.vectorSpills * factor,
  };
  if (!isModelled(figures)) return executed;
  const { l1Misses, l2Misses, l2Bytes, dramBytes } = figures.memory;
  return {
    ...executed,
    cycles: figures.cycles * factor,
    issueCycles: figures.issueCycles * factor,
    branchCycles: figures.branchCycles * factor,
    memory: {
      l1Misses: l1Misses * factor,
      l2Misses: l2Misses * factor,
      l2Bytes: l2Bytes * factor,
      dramBytes: dramBytes * factor,
    },
  };
}
