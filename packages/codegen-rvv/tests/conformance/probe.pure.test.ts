import { test } from 'vitest';
import { nodeCases } from './node-cases.js';
import { compileCase } from './compile-case.js';
test('probe', async () => {
  const all = await nodeCases();
  let ok = 0;
  const why = new Map<string, string[]>();
  for (const one of all) {
    const r = compileCase(one);
    if (typeof r === 'string') {
      const l = why.get(r) ?? [];
      l.push(one.name);
      why.set(r, l);
    } else ok++;
  }
  console.log(ok, all.length);
  for (const [k, v] of [...why].sort((a, b) => b[1].length - a[1].length))
    console.log(v.length, k.slice(0, 200), ' :: ', v.slice(0, 4).join(' '));
}, 300000);
