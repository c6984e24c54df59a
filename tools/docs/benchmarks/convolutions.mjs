import { markdownTable } from '../markdown.mjs';
import { nameOf } from '../networks.mjs';
import { millions, withoutRepeats } from './rows.mjs';

/**
 * The convolutions alone, by the estimate and tuned, against XNNPACK's of the same run. Networks that were recorded before
 * they were added up have no rows.
 */
export function convolutionsPart({ networks }) {
  const body = networks.flatMap(({ network, variants }) => {
    const other = variants.find(({ id }) => id === 'xnnpack')?.convolutionCycles;
    if (other === undefined) return [];
    return variants
      .filter(({ id }) => id !== 'xnnpack')
      .map(({ title, convolutionCycles: own, tuned }) => [
        ...[nameOf(network), title],
        ...compared(own, other),
        ...compared(tuned?.convolutionCycles, other),
        millions(other),
      ]);
  });
  if (body.length === 0) return [];
  return [
    '## Convolutions alone',
    'The layers that are convolutions, with what is fused into them, added up; XNNPACK’s as subgraphs of their own (`--per-layer`). Beside the cycles of ours how many times as many XNNPACK’s take in the same run. Millions of cycles:',
    markdownTable(['network', 'variant', 'by the estimate', '', 'tuned', '', 'XNNPACK'], withoutRepeats(body, 1)),
  ];
}

function compared(own, other) {
  return own === undefined ? ['', ''] : [millions(own), `${(other / own).toFixed(2)}x`];
}
