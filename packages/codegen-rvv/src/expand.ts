import { root } from '@ait-rvv/rvv-kernels';
import nunjucks from 'nunjucks';
import { join } from 'node:path';

const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader(join(root, 'templates')), {
  // C is not HTML; names from a model never reach a template, only identifiers made by c-names do.
  autoescape: false,
  throwOnUndefined: true,
  trimBlocks: true,
  lstripBlocks: true,
});

/** Expands `templates/<path>`; an undefined parameter or a broken template throws with the template's name. */
export function expandTemplate(path: string, parameters: Readonly<Record<string, unknown>>): string {
  const body = environment.render(path, { ...parameters });
  return `${body
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}
