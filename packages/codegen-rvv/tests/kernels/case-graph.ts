export * from '../../../../tools/testing/cases/case-graph.js';
