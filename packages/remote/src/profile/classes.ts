/** Classes of the profiling plugin, in its order; native/qemu-plugin/src/decode.h names the same. */
export const INSTRUCTION_CLASSES = [
  'scalarInteger',
  'scalarMultiplyDivide',
  'scalarLoad',
  'scalarStore',
  'branch',
  'scalarFloat',
  'scalarMultiplyAdd',
  'atomic',
  'system',
  'vectorConfig',
  'vectorLoadUnit',
  'vectorLoadStrided',
  'vectorLoadIndexed',
  'vectorStoreUnit',
  'vectorStoreStrided',
  'vectorStoreIndexed',
  'vectorInteger',
  'vectorFloat',
  'vectorMultiplyAdd',
  'vectorDivide',
  'vectorReduction',
  'vectorPermute',
  'vectorMask',
] as const;

export type InstructionClass = (typeof INSTRUCTION_CLASSES)[number];

export type ClassCounts = Readonly<Record<InstructionClass, number>>;
