import { conv2d, GraphBuilder, tensorType, type Graph } from '@ait-rvv/ir';
import { distinctLayers, layersOf } from '@ait-rvv/tuning';
import { expect, test } from 'vitest';
import { randomTensor } from '../src/trial/trial-graph.js';
import { lowered } from './network.js';

/** Convolutions of 3x3 one after the other: channels, and the names of the weights. */
function chain(name: string, ...channels: readonly number[]): Graph {
  const builder = new GraphBuilder(name);
  let [x, before] = [builder.input('x', tensorType('f32', [1, 16, 12, 12])), 16];
  channels.forEach((count, index) => {
    const w = builder.constant(`${name}.w${index}`, randomTensor({ shape: [count, before, 3, 3] }, `${name}${index}`));
    const attrs = {
      ...{ strides: [1, 1] as const, pads: [1, 1, 1, 1] as const, dilations: [1, 1] as const },
      ...{ groups: 1, epilogue: [] },
    };
    [x, before] = [builder.apply(conv2d, [x, w], attrs, { name: `${name}.conv${index}` }), count];
  });
  builder.output('y', x);
  return builder.build();
}

const convolutions = (graphs: readonly Graph[]): readonly string[] =>
  distinctLayers(graphs).flatMap(({ node }) => (node.op === conv2d ? [node.name] : []));

test('layers of equal shape are one, whatever their names and weights', () => {
  const graphs = [lowered(chain('a', 16, 16, 16, 32)), lowered(chain('b', 16, 32))];
  expect(graphs.flatMap(layersOf).filter(({ node }) => node.op === conv2d)).toHaveLength(6);
  // The first of each reads the model's input, which lies otherwise than what layers leave to each other.
  expect(convolutions(graphs)).toEqual(['a.conv0', 'a.conv1', 'a.conv3']);
});

test('pruned ones are others, and the same again when they keep as much', () => {
  const [dense, half] = [lowered(chain('a', 16)), lowered(chain('a', 16), '0.5')];
  expect(convolutions([dense, half, lowered(chain('b', 16), '0.5')])).toEqual(['a.conv0', 'a.conv0']);
  expect(convolutions([half, lowered(chain('b', 16), '0.75')])).toEqual(['a.conv0', 'b.conv0']);
});
