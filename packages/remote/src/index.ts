export { buildProgram, makeVariables, type BuildOptions } from './build.js';
export { ensureCountingPlugin } from './counting-plugin.js';
export { INSTRUCTION_CLASSES, parseCounts, type InstructionClass, type InstructionCounts } from './counts.js';
export * from './debian/index.js';
export * from './libraries/index.js';
export { createExecutor, type ExecutorContext } from './create-executor.js';
export { describeDevice, parseDevice, type DeviceSpec } from './device.js';
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
