export { checkBoard, type BoardFacts, type BoardFinding } from './board/check.js';
export { boardCompilers, chooseCompiler, requireCompiler, type BoardCompiler } from './board/compiler.js';
export { doubts, parseConditions, parseCpuList, readConditions, type Conditions } from './board/conditions.js';
export { installCommand } from './board/distribution.js';
export { FingerprintStore, isaExtensions, readFingerprint, type Fingerprint } from './board/fingerprint.js';
export { requireFit } from './board/fit.js';
export { withLock, type LockOptions } from './board/lock.js';
export type { Machine } from './board/machine.js';
export { buildFailure, buildProgram, makeVariables, saysFullDisk, type BuildOptions } from './build.js';
export * from './debian/index.js';
export * from './libraries/index.js';
export { createExecutor, type ExecutorContext } from './create-executor.js';
export {
  boardDevice,
  describeDevice,
  fingerprintKey,
  parseDevice,
  type BoardDevice,
  type DeviceSpec,
  type KnownBoards,
} from './device.js';
export { formatAddress, parseAddress, type SshAddress } from './devices/address.js';
export { DeviceBook, type BoardRecord } from './devices/device-book.js';
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
export type { Argument, ExecOptions, ExecResult, Executor, OpenOptions, Workspace } from './executor.js';
export { runProcess, type RunOptions, type RunResult } from './process.js';
export { chooseCpus, measureProgram, type Measurement, type MeasureRequest } from './measure/measure-program.js';
export { SampleReader, type ProgramReport, type Sample } from './measure/sample-reader.js';
export { requireAlike, spreadJobs, type JobOutcome, type SpreadOptions } from './measure/spread.js';
export { summarize, type Statistics } from './measure/statistics.js';
export { parseFacts, runScript, type BoardShell, type OpenScript, type ScriptOptions } from './shell/board-shell.js';
export { localShell } from './shell/local-shell.js';
export { programFailure, saidError } from './program-failure.js';
export { shellCommand, type ShellCommand } from './shell/quote.js';
export { BOARD_SCRIPTS, scriptArgv, scriptCommand, type BoardScript } from './shell/scripts.js';
export { buildOnBoard, type BoardBuildOptions } from './ssh/build.js';
export { checkSshBoard } from './ssh/check.js';
export { parseSshG, resolveHost, type ResolvedHost } from './ssh/config.js';
export { SshExecutor, type SshOptions } from './ssh/executor.js';
export type { HostKeyPolicy } from './ssh/host-key.js';
export {
  judgeHostKey,
  keyFingerprint,
  keyType,
  knownHostLine,
  parseKnownHosts,
  type HostKeyVerdict,
  type KnownHost,
} from './ssh/known-hosts.js';
export type { Prompts } from './ssh/prompts.js';
export type { SshWorkspace } from './ssh/workspace.js';
export {
  defaultCacheDir,
  defaultConfigDir,
  findOnPath,
  findToolchain,
  requireToolchain,
  type Environment,
  type Toolchain,
  type ToolchainReport,
  type ToolReport,
} from './toolchain.js';
