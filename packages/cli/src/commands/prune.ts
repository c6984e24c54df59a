export { prune } from '@ait-rvv/pruning/command';
