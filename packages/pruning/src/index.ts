export { applyPlan, maskGraph } from './apply/mask-graph.js';
export { detectGraph, type DetectOptions } from './apply/detect-graph.js';
export { maskedWeight, masksOf } from './apply/masks.js';
export { checkRetained } from './apply/check-retained.js';
export { followPlan } from './apply/follow-plan.js';
export { importancesByWeight } from './apply/importances.js';
export { sharedParameters } from './apply/shared-parameters.js';
export { pruneGraph } from './apply/prune-graph.js';
export { encodeColumns, fitsTile, retile, type KeptColumns } from './columns/column-nm.js';
export { detectColumns } from './columns/detect.js';
export { parseRatio, type Ratio } from './columns/ratio.js';
export { retainedShare, retainedShares, type Scored } from './columns/retained.js';
export { scoreColumns, type ScoreKind, type ScoreTable, type Tiling } from './columns/score.js';
export { selectColumns } from './columns/select.js';
export { groupsOf, keptColumns, keptOf, sparsityFor, type Sparsity, type SparsityRequest } from './columns/sparsity.js';
export { findLayers, type Layer } from './graph/layers.js';
export { analyseChannels, type ChannelAnalysis } from './permute/analyse-channels.js';
export { permuteGraph, type SpaceOrders } from './permute/permute-graph.js';
export { allocate, type Choice } from './plan/allocate.js';
export { checkPlan } from './plan/check-plan.js';
export { denseCost, MULTIPLY_ADDS, type CostModel } from './plan/cost.js';
export {
  DEFAULT_MIN_COLUMNS,
  DEFAULT_TILE_ROWS,
  type Drop,
  type LayerDrop,
  type PruningOptions,
} from './plan/options.js';
export { parsePlan, planText } from './plan/parse-plan.js';
export { planPruning } from './plan/plan-pruning.js';
export { IGNORABLE_RULES, LAYER_RULES, RULES, SPARSITY_RULES, type Rule } from './plan/rules.js';
export { isPruned, planJsonSchema, type Plan, type PlanLayer, type PrunedPlanLayer } from './plan/schema.js';
