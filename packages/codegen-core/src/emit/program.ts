import type { Platform } from '../platform.js';
import type { Schedule } from '../schedule.js';
import { BundleWriter, type Bundle } from './bundle.js';
import { cString } from './c-literals.js';
import { manifest, PLAN_PATH, type ManifestOptions } from './manifest.js';
import { modelText } from './model-source.js';
import { runtimeFiles } from './runtime-files.js';
import { render } from './templates.js';

export interface ProgramOptions extends ManifestOptions {
  /** Weights inside the program instead of beside it. */
  readonly embed: boolean;
  readonly platform?: Platform;
}

/** The whole program of a schedule: C sources, weights, build files and manifest. */
export function emitProgram(schedule: Schedule, options: ProgramOptions): Bundle {
  const { name, embed, march, platform = {} } = options;
  const bundle = new BundleWriter();
  const text = modelText(schedule, { name, embedded: embed, threads: options.threads ?? 1 });
  const runtime = runtimeFiles(platform.workers);
  for (const [path, source] of runtime.files) bundle.text(path, source);
  for (const kernel of text.kernels) for (const [path, source] of kernel.files) bundle.text(path, source);
  bundle.text(`include/${name}.h`, render('model.h', text.parameters));
  bundle.text(`src/${name}.c`, render('model.c', text.parameters));
  bundle.text(
    'src/kernels.h',
    render('kernels.h', {
      kernels: text.kernels,
      headers: distinct(text.kernels.map((kernel) => kernel.header)).sort(),
    }),
  );
  bundle.text('src/main.c', render('main.c', { name, default_weights: embed ? 'NULL' : cString('../weights.bin') }));
  if (embed) bundle.text('src/weights.S', render('weights.S', { name }));
  bundle.bytes('weights.bin', text.weights.file);
  const build = {
    name,
    march,
    embedded: embed,
    runtime: runtime.library,
    program: runtime.program,
    rvv: distinct(text.kernels.map((kernel) => kernel.rvv)),
    scalar: distinct(text.kernels.map((kernel) => kernel.scalar)),
    portable: distinct(text.kernels.filter(({ portable }) => portable === true).map((kernel) => kernel.rvv)),
    library: platform.library ?? null,
  };
  bundle.text('Makefile', render('Makefile', build));
  bundle.text('CMakeLists.txt', render('CMakeLists.txt', build));
  if (options.plan !== undefined) bundle.text(PLAN_PATH, options.plan.text);
  bundle.text('manifest.json', `${JSON.stringify(manifest(schedule, text, options), null, 2)}\n`);
  return bundle.finish();
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
