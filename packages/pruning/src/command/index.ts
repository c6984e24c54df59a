export { main } from './main.js';
export { prune } from './prune.js';
