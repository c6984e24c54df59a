import { reduce, REDUCTIONS } from '@ait-rvv/ir';
import { norms } from '../../../../tools/testing/cases/norms.js';
import { pools, lines } from '../../../../tools/testing/cases/windows-and-lines.js';
import { CaseGraph } from './case-graph.js';
import { checkCases } from './check-cases.js';

checkCases('pooling', pools);
checkCases('reductions and softmax', lines, { tolerance: 4e-6 });
checkCases('normalisation', norms, { tolerance: 1e-5 });

const whole = new CaseGraph('whole numbers');
for (const dtype of ['i8', 'u8', 'i32', 'i64', 'bool'] as const) {
  for (const mode of Object.keys(REDUCTIONS) as (keyof typeof REDUCTIONS)[]) {
    if (dtype === 'bool' && mode !== 'max' && mode !== 'min') continue;
    for (const axes of [[1], [2], [0, 2]]) {
      const name = `${mode} ${dtype} over ${axes.join()}`;
      const x = whole.input([3, 4, 21], dtype);
      whole.case(name, whole.builder.apply(reduce, [x], { mode, axes, keepDims: false }, { name }));
    }
  }
}
checkCases('reductions of whole numbers', whole, { tolerance: 0 });
