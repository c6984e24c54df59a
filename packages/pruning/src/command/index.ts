export { main } from './main.js';
export { planMaker, type Measure, type Measured, type PlanMaker } from './make-plan.js';
export { prune, pruneCommand, type MeasuredPlanning } from './prune.js';
