export type { Backend } from './backend.js';
export { compileGraph, lower, type CompileOptions, type Compiled, type LowerOptions } from './compile.js';
export { BundleWriter, type Bundle } from './emit/bundle.js';
export { cComment, cFloat, cSize, cString } from './emit/c-literals.js';
export { cIdentifier, isCIdentifier } from './emit/c-names.js';
export { PLAN_PATH, type PlanFile } from './emit/manifest.js';
export { emitProgram, type ProgramOptions } from './emit/program.js';
export { readRuntimeFile, runtimeFiles, type RuntimeFiles, type RuntimeSource } from './emit/runtime-files.js';
export { banner, templateFolder, type Render } from './emit/templates.js';
export { hash128, HEADER_BYTES } from './emit/weights.js';
export {
  defineKernel,
  isMismatch,
  type Candidate,
  type CArg,
  type CField,
  type Kernel,
  type KernelCall,
  type KernelDef,
  type KernelInstance,
  type KernelSource,
  type Mismatch,
  type PackedWeights,
  type Resident,
  type ScratchNeed,
  type SelectContext,
} from './kernel.js';
export { oneCall } from './one-call.js';
export { ALIGNMENT, hasOverlap, planMemory, type BufferNeed, type MemoryPlan } from './memory-plan.js';
export { effectiveCalls, scheduleGraph, type Schedule } from './schedule.js';
export { considerKernels, selectKernels, type Choose, type Consideration, type Selection } from './select.js';
export type { LinkedLibrary, Platform } from './platform.js';
export { countBefore } from './sorted.js';
export { singleStep, type JoinSteps, type Layer, type Step } from './step.js';
export { assignStorage, type Location, type RootKind, type Storage } from './storage.js';
export { RV64GCV, targetFor, type Target } from './target.js';
export { concatOffsets, isView, viewsOf, type View } from './view.js';
export { pitchFields } from './pitch-fields.js';
export { broadcastLoops, chainLoops, walksLikeResult } from './chain-loops.js';
export { size, sizes, tensor } from './fields.js';
export { indexTables, type IndexTables } from './index-tables.js';
export { collapseLoops, padLoops, type Loops } from './loops.js';
export { movedElements, moveCalls, movesOf, walkMoves, type Move } from './moves.js';
export { lineLoops, reduceLoops, type ReduceLoops } from './reduce-loops.js';
export { constantFields, operandStrides, stepConstants } from './step-operands.js';
export { packedFloats, packedIndices } from './packed.js';
export { PORTABLE_KERNELS } from './portable/index.js';
