import {
  channelMajor,
  conv2d,
  conv2dWindow,
  inputOf,
  isDepthwise,
  isOp,
  isPointwise,
  onPitch,
  outputOf,
  pool2d,
  producers,
  sameShape,
  stepOperand,
  storedElements,
  typeAt,
  valueAt,
  type Conv2dAttrs,
  type Graph,
  type Layout,
  type Node,
  type Pitch,
  type Shape,
  type TensorType,
  type ValueId,
} from '@ait-rvv/ir';
import { channelWalk, placeOperand } from './epilogue.js';

/** A convolution as far as windows go. */
interface Windowed {
  readonly node: Node<Conv2dAttrs>;
  readonly x: TensorType;
  readonly y: TensorType;
  readonly weightShape: Shape;
}

/** The positions a convolution of pictures on a pitch walks: those of one plane, whatever its phases. */
export function walkedGrid({ gap }: Pitch): Layout {
  return onPitch({ gap, phases: 1 });
}

/** Why a convolution cannot read its input on this pitch; undefined when it can. */
export function windowObstacle(conv: Windowed, { gap, phases }: Pitch): string | undefined {
  const [, , rows = 1, columns = 1] = conv.x.shape;
  if (conv.node.attrs.strides.some((stride) => stride !== phases)) return `its stride is not ${phases}`;
  if (phases === 2 && (rows % 2 !== 0 || columns % 2 !== 0)) return 'its rows or columns are not even';
  const needed = neededGap(conv);
  return needed > gap ? `its windows reach ${needed} over an edge, and there are zeros for ${gap}` : undefined;
}

/** How far the windows of a convolution reach over an edge of a picture, or of a plane of its phases. */
function neededGap({ node, x, y, weightShape }: Windowed): number {
  return Math.max(
    ...([0, 1] as const).flatMap((axis) => {
      const { kernel, stride, dilation, padBegin } = conv2dWindow(weightShape, node.attrs, axis);
      const [extent, out] = [x.shape[axis + 2] ?? 1, y.shape[axis + 2] ?? 1];
      const last = out - 1 + Math.floor(((kernel - 1) * dilation - padBegin) / stride);
      return [Math.ceil(padBegin / stride), last - (Math.ceil(extent / stride) - 1)];
    }),
  );
}

/** Whether there is a result for every position of a plane of the input, so that what is added to results lies on its grid. */
export function fillsGrid({ x, y }: Pick<Windowed, 'x' | 'y'>, pitch: Pitch | undefined): boolean {
  return [2, 3].every((axis) => Math.ceil((x.shape[axis] ?? 1) / (pitch?.phases ?? 1)) === y.shape[axis]);
}

/** Values that lie on a pitch, and on which. */
export type Pitches = ReadonlyMap<ValueId, Pitch>;

/**
 * Which results of convolutions and pools can lie on a zero-padded pitch without being moved: those that only convolutions
 * read which take them so; with at least so many positions a picture.
 */
export function pitchedValues(graph: Graph, least: number): Pitches {
  const [uses, made] = [usesOf(graph), producers(graph)];
  const pitches = new Map<ValueId, Pitch>();
  const pictures = graph.nodes
    .filter((node) => isConv(graph, node) || isOp(node, pool2d))
    .map((node) => outputOf(node));
  for (const wanted of [wantedByReaders, wantedByAdders]) {
    for (const id of pictures.filter((one) => !pitches.has(one))) {
      const pitch = wanted(graph, id, uses.get(id) ?? [], pitches);
      if (pitch !== undefined && extent(typeAt(graph, id)) >= least) pitches.set(id, pitch);
    }
  }
  // A value that does not fit takes those with it that count on it.
  const fits = (id: ValueId): boolean =>
    isMade(graph, made[id], id, pitches) && (uses.get(id) ?? []).every((use) => isTaken(graph, use, pitches));
  for (let misfits = [-1]; misfits.length > 0;) {
    misfits = [...pitches.keys()].filter((id) => !fits(id));
    for (const id of misfits) pitches.delete(id);
  }
  return pitches;
}

/** The same of values with at least so many positions a picture, found once for every graph. */
export function runsOnPitch(least: number): (graph: Graph) => Pitches {
  const known = new WeakMap<Graph, Pitches>();
  return (graph) => {
    const found = known.get(graph) ?? (least < Infinity ? pitchedValues(graph, least) : new Map<ValueId, Pitch>());
    known.set(graph, found);
    return found;
  };
}

/** What `least` may sensibly be for a graph: how many positions those pictures have that can lie on a pitch, most first. */
export function pitchChoices(graph: Graph): readonly number[] {
  const sizes = [...pitchedValues(graph, 0).keys()].map((id) => extent(typeAt(graph, id)));
  return [...new Set(sizes)].sort((a, b) => b - a);
}

/** Positions of a picture. */
function extent({ shape: [, , rows = 1, columns = 1] }: TensorType): number {
  return rows * columns;
}

interface Use {
  readonly node: Node;
  readonly input: number;
}

function usesOf(graph: Graph): ReadonlyMap<ValueId, readonly Use[]> {
  const uses = new Map<ValueId, Use[]>();
  for (const node of graph.nodes) {
    for (const [input, id] of node.inputs.entries()) {
      const known = uses.get(id) ?? [];
      known.push({ node, input });
      uses.set(id, known);
    }
  }
  return uses;
}

/** A convolution that the kernel of pictures on a pitch could take. */
function isConv(graph: Graph, node: Node): node is Node<Conv2dAttrs> {
  if (!isOp(node, conv2d) || node.attrs.prologue !== undefined || node.attrs.depthwise !== undefined) return false;
  const x = typeAt(graph, inputOf(node));
  return x.dtype === 'f32' && valueAt(graph, inputOf(node, 1)).constant !== undefined && !isDepthwise(x, node.attrs);
}

function windowed(graph: Graph, node: Node<Conv2dAttrs>): Windowed {
  const [x, y] = [typeAt(graph, inputOf(node)), typeAt(graph, outputOf(node))];
  return { node, x, y, weightShape: typeAt(graph, inputOf(node, 1)).shape };
}

/** The pitch that a value which convolutions only add must be on: that of what they read. */
function wantedByAdders(graph: Graph, _id: ValueId, uses: readonly Use[], pitches: Pitches): Pitch | undefined {
  const [use] = uses;
  const read = use === undefined ? undefined : pitches.get(inputOf(use.node));
  const onlyAdded = uses.every(({ node, input }) => input > 0 && isConv(graph, node));
  return read === undefined || !onlyAdded ? undefined : { gap: read.gap, phases: 1 };
}

/** The pitch that all convolutions which read a value want it on; undefined where it has other readers, or they disagree. */
function wantedByReaders(graph: Graph, id: ValueId, uses: readonly Use[]): Pitch | undefined {
  if (graph.outputs.some(({ value }) => value === id)) return undefined;
  const convs = uses.flatMap(({ node, input }) => (input === 0 && isConv(graph, node) ? [node] : []));
  const [phases] = convs[0]?.attrs.strides ?? [];
  if (!uses.every(({ node }) => isConv(graph, node)) || (phases !== 1 && phases !== 2)) return undefined;
  const readers = convs.map((node) => windowed(graph, node));
  // To 1x1 layers channels are rows of the operand wherever they lie.
  if (readers.every(({ node, weightShape }) => isPointwise(node.attrs, weightShape))) return undefined;
  const pitch: Pitch = { gap: Math.max(1, ...readers.map(neededGap)), phases };
  const isAddressed = storedElements(typeAt(graph, id).shape, onPitch(pitch)) * 4 < 2 ** 32;
  return !isAddressed || readers.some((reader) => windowObstacle(reader, pitch) !== undefined) ? undefined : pitch;
}

/** Whether the producer of a value can put it on its pitch: one that reads runs of positions takes them one after the other. */
function isMade(graph: Graph, producer: Node | undefined, id: ValueId, pitches: Pitches): boolean {
  if (producer === undefined) return false;
  if (isOp(producer, pool2d)) return pitches.get(id)?.phases === 1;
  if (pitches.has(inputOf(producer)) || !isConv(graph, producer)) return pitches.has(inputOf(producer));
  return placesOperands(graph, producer, channelMajor(4), pitches);
}

/** Whether a convolution takes its inputs as they lie. */
function isTaken(graph: Graph, { node }: Use, pitches: Pitches): boolean {
  const pitch = pitches.get(inputOf(node));
  return isConv(graph, node) && pitch !== undefined && placesOperands(graph, node, walkedGrid(pitch), pitches);
}

/** Whether the operands of a convolution's steps can be read at positions that lie so. */
function placesOperands(graph: Graph, node: Node<Conv2dAttrs>, walked: Layout, pitches: Pitches): boolean {
  const conv = windowed(graph, node);
  const fills = fillsGrid(conv, pitches.get(inputOf(node)));
  return node.attrs.epilogue.every((step) => {
    const index = stepOperand(step);
    if (index === undefined) return true;
    const { type, constant } = valueAt(graph, inputOf(node, index));
    const own = pitches.get(inputOf(node, index));
    // Other pictures that are computed will lie in blocks.
    if (own === undefined && constant === undefined && sameShape(type.shape, conv.y.shape)) return false;
    const operand = own === undefined ? type : { ...type, layout: onPitch(own) };
    const place = placeOperand(step, operand, { ...conv.y, layout: walked }, channelWalk(4));
    return place !== undefined && (own === undefined || fills);
  });
}
