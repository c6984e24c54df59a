export {
  flag,
  list,
  processContext,
  text,
  type Command,
  type CommandContext,
  type Environment,
  type OptionDef,
  type Values,
} from './command.js';
export { externalReader } from './external-data.js';
export { CheckError, EXIT, explain, failure, printable, UsageError, type Explain, type Failure } from './failures.js';
export { readInputFile, stageFolder, withScratch, writeOutputFile, type StagedFolder } from './files.js';
export { loadModel, reloadModel, type LoadedModel } from './load-model.js';
export { JSON_OPTION, MODEL_OPTIONS, real, whole } from './options.js';
export { runCommand, runProgram, type Program } from './run.js';
export { grouped, megabytes, table } from './table.js';
