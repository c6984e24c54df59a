export { main } from './main.js';
export { explain, EXIT } from './failures.js';
