import { text, writeOutputFile, type Values } from '@ait-rvv/command';
import { layerId, makeProfile, profileMarkdown, type LayerSearch, type Profile, type Setting } from '@ait-rvv/tuning';
import type { TunedGraph } from './graphs.js';

/** Writes what each parameter costs, as `--summary` and `--markdown` ask. */
export function writeSummary(
  graphs: readonly TunedGraph[],
  searches: readonly LayerSearch[],
  setting: Setting,
  model: Profile['model'],
  values: Values,
): void {
  const [summary, markdown] = [text(values, 'summary'), text(values, 'markdown')];
  const [dense, ...others] = graphs;
  if (dense === undefined || (summary === undefined && markdown === undefined)) return;
  const best = new Map(
    searches.flatMap((search) => {
      const found = search.best();
      return found === undefined
        ? []
        : [[layerId(search.layer), { candidate: found.choice.candidate, cost: found.cost }] as const];
    }),
  );
  const pruned = others.flatMap(({ lowered, ratio, tileRows }) =>
    ratio === undefined || tileRows === undefined ? [] : [{ lowered, ratio: Number(ratio), tileRows }],
  );
  const profile = makeProfile({ model, setting, dense: dense.lowered, pruned, best });
  if (summary !== undefined) writeOutputFile(summary, `${JSON.stringify(profile, null, 2)}\n`);
  if (markdown !== undefined) writeOutputFile(markdown, profileMarkdown(profile));
}
