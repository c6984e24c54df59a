import { matrixProducts } from '../../../../tools/testing/cases/products.js';
import { checkCases } from './check-cases.js';

checkCases('matrix products', matrixProducts, { tolerance: 4e-6 });
