import { inputOf, outputOf, pool2dWindow, typeAt, type Pool2dAttrs, type Window } from '@ait-rvv/ir';
import { boundsArguments, UNBOUNDED } from '../bounds.js';
import type { Translate } from '../translation.js';

/** Max and average pooling. */
export const translatePool2d: Translate<Pool2dAttrs> = (node, graph) => {
  const { attrs } = node;
  const { mode } = attrs;
  const [x, y] = [typeAt(graph, inputOf(node)).shape, typeAt(graph, outputOf(node)).shape];
  const axes = ([0, 1] as const).map((axis) => ({
    window: pool2dWindow(attrs, axis),
    input: x[2 + axis] ?? 1,
    output: y[2 + axis] ?? 1,
  }));
  const padEnds = axes.map(({ window, input, output }) => usedPadding(window, input, output));
  const padded = axes.map(({ window }, axis) => window.padBegin > 0 || (padEnds[axis] ?? 0) > 0);
  const refusal = refuse(attrs, axes, padded);
  if (refusal !== undefined) return refusal;
  return {
    functions: [`${mode}_pooling_2d`],
    define(subgraph) {
      const [bottom = 0, right = 0] = padEnds;
      const [top, left] = attrs.pads;
      subgraph.call(
        `xnn_define_${mode}_pooling_2d`,
        ...[top, right, bottom, left, ...attrs.kernel, ...attrs.strides],
        ...(mode === 'max' ? attrs.dilations : []),
        ...boundsArguments(UNBOUNDED),
        subgraph.value(inputOf(node)),
        subgraph.result(outputOf(node)),
        0,
      );
    },
  };
};

interface Axis {
  readonly window: Window;
  readonly input: number;
  readonly output: number;
}

function refuse(attrs: Pool2dAttrs, axes: readonly Axis[], padded: readonly boolean[]): string | undefined {
  if (attrs.kernel.every((extent) => extent === 1)) return 'XNNPACK refuses windows of one element';
  if (axes.some(({ window }) => window.stride > window.kernel)) return 'XNNPACK refuses strides beyond the window';
  const dilated = axes.map(({ window }) => window.dilation > 1);
  if (attrs.mode === 'average') {
    if (dilated.includes(true)) return 'XNNPACK has no dilated average';
    if (attrs.countIncludePad && attrs.pads.some((extra) => extra > 0)) return 'XNNPACK does not count the padding';
  }
  // Taps outside of the picture are moved to its border, which must be one of the window's own.
  if (axes.some(({ window }, axis) => window.dilation > 1 && padded[axis])) return 'XNNPACK pads no dilated window';
  return axes.some(missesPicture) ? 'a window lies in the padding as a whole' : undefined;
}

/** Padding behind the picture that makes XNNPACK's rounding down give as many windows as there are. */
function usedPadding({ kernel, stride, dilation, padBegin }: Window, input: number, output: number): number {
  return Math.max(0, (output - 1) * stride + (kernel - 1) * dilation + 1 - input - padBegin);
}

function missesPicture({ window, input, output }: Axis): boolean {
  const firstEnds = (window.kernel - 1) * window.dilation - window.padBegin;
  return firstEnds < 0 || (output - 1) * window.stride - window.padBegin >= input;
}
