/**
 * The one table of diagnostic codes. The hundreds digit groups them by the part that speaks:
 * 1xxx reading a model, 2xxx graph invariants, 3xxx lowering and code generation, 4xxx pruning.
 *
 * `kind` decides the exit code of the command line: `input` 2, `unsupported` 4, `bug` is ours; a `warning` stops nothing.
 */
export const CODES = {
  AIT1001: { kind: 'input', title: 'the file is not a readable model' },
  AIT1002: { kind: 'input', title: 'the model is inconsistent' },
  AIT1003: { kind: 'input', title: 'a dimension or an input needs a value' },
  AIT1004: { kind: 'input', title: 'external tensor data cannot be used' },
  AIT1005: { kind: 'unsupported', title: 'the operator is not supported' },
  AIT1006: { kind: 'input', title: 'no such zoo network' },
  AIT1007: { kind: 'input', title: 'the model is larger than allowed' },
  AIT1101: { kind: 'warning', title: 'a constant holds elements that are no finite numbers' },
  AIT2001: { kind: 'bug', title: 'the graph structure is broken' },
  AIT2002: { kind: 'bug', title: 'a type differs from the inferred one' },
  AIT2101: { kind: 'input', title: 'operand shapes do not fit' },
  AIT2102: { kind: 'input', title: 'an attribute has an illegal value' },
  AIT2103: { kind: 'unsupported', title: 'the element type is not supported' },
  AIT2104: { kind: 'unsupported', title: 'the tensor has too many axes' },
  AIT2201: { kind: 'input', title: 'the text form cannot be parsed' },
  AIT2202: { kind: 'input', title: 'a tensor file cannot be read' },
  AIT3001: { kind: 'unsupported', title: 'no kernel takes the node' },
  AIT3002: { kind: 'input', title: 'the model needs more memory than can be addressed' },
  AIT4001: { kind: 'input', title: 'the pruning plan cannot be read' },
  AIT4002: { kind: 'input', title: 'the pruning plan does not fit the model' },
  AIT4003: { kind: 'input', title: 'the model cannot be pruned as asked' },
} as const satisfies Record<string, { readonly kind: DiagnosticKind; readonly title: string }>;

export type DiagnosticKind = 'input' | 'unsupported' | 'bug' | 'warning';

export type DiagnosticCode = keyof typeof CODES;
