import { inputOf, isOp, outputOf, producers, typeAt, valueAt } from '../core/graph.js';
import { sameLayout } from '../core/layout.js';
import { rewrite } from '../core/rewrite.js';
import { relayout } from '../ops/regroup.js';
import type { Pass } from './pass.js';

/** A relayout of a relayout moves once, or not at all when it returns to where it came from. Runs on assigned layouts. */
export const cancelTransposes: Pass = {
  name: 'cancel-transposes',
  run(graph) {
    const producer = producers(graph);
    return rewrite(
      graph,
      (node, { builder, map }) => {
        if (!isOp(node, relayout)) return undefined;
        let source = inputOf(node);
        for (let before = producer[source]; before && isOp(before, relayout); before = producer[source]) {
          source = inputOf(before);
        }
        const type = typeAt(graph, outputOf(node));
        if (sameLayout(typeAt(graph, source).layout, type.layout)) return [map(source)];
        const name = valueAt(graph, outputOf(node)).name;
        return builder.add(relayout, [map(source)], {}, { name: node.name, outputs: [name], types: [type] });
      },
      { keepTypes: true },
    );
  },
};
