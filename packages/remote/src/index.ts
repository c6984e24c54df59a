export { buildProgram, makeVariables, type BuildOptions } from './build.js';
export * from './debian/index.js';
export * from './libraries/index.js';
export { createExecutor, type ExecutorContext } from './create-executor.js';
export { describeDevice, parseDevice, type DeviceSpec } from './device.js';
export {
  executionProfile,
  type AtStep,
  type ExecutionFigures,
  type ExecutionProfile,
  type Profile,
} from './profile/figures.js';
export { INSTRUCTION_CLASSES, type ClassCounts, type InstructionClass } from './profile/classes.js';
export { type InstructionCounts } from './profile/counts.js';
export { ensureProfilingPlugin } from './profile/plugin.js';
export { parseRecord, type ExecutionRecord, type MemoryEvents } from './profile/record.js';
export { coreJsonSchema, peakMultiplyAdds, type Core } from './sim/core.js';
export { coreNames, loadCore, type LoadedCore } from './sim/cores.js';
export { simulateRun } from './sim/executor.js';
export { type MemoryFigures } from './sim/memory.js';
export { simulate, type SimFigures, type SimReport } from './sim/simulate.js';
export { RemoteError, type RemoteErrorCode } from './errors.js';
export type { ExecOptions, ExecResult, Executor, Workspace } from './executor.js';
export { runProcess, type RunOptions, type RunResult } from './process.js';
export {
  defaultCacheDir,
  findOnPath,
  findToolchain,
  requireToolchain,
  type Environment,
  type Toolchain,
  type ToolchainReport,
  type ToolReport,
} from './toolchain.js';
