export { main } from './main.js';
export { planMaker, type PlanMaker } from './make-plan.js';
export { prune } from './prune.js';
