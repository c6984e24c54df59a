export { CODES, type DiagnosticCode, type DiagnosticKind } from './diagnostics/codes.js';
export { CompileError, fail, formatDiagnostic, quoteName, type Diagnostic } from './diagnostics/diagnostic.js';
export { GraphBuilder, type NodeNames } from './core/builder.js';
export {
  allocateData,
  byteSize,
  DTYPES,
  isDType,
  isFloat,
  viewData,
  type DType,
  type TensorData,
} from './core/dtype.js';
export { decodeWeight, type ColumnNMEncoding, type DenseEncoding, type WeightEncoding } from './core/encoding.js';
export { weightView, type RowAxis, type WeightView } from './core/weight-view.js';
export * from './core/graph.js';
export * from './core/layout.js';
export * from './core/pitch.js';
export { defineOp, type AttrValue, type LayoutTrait, type OpDef, type OpTraits } from './core/op.js';
export type { ModelSource } from './core/source.js';
export { rewrite, type RewriteContext, type RewriteOptions, type RewriteRule } from './core/rewrite.js';
export * from './core/shape.js';
export * from './core/tensor.js';
export { findViolations, verifyGraph } from './core/verify.js';
export { interpret, type InterpretOptions } from './eval/interpret.js';
export * from './ops/index.js';
export * from './passes/index.js';
export { nearest } from './diagnostics/nearest.js';
export { printGraph, type PrintOptions } from './core/print.js';
export { parseGraph } from './ops/parse-graph.js';
