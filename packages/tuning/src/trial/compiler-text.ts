import { runProcess, type Environment, type Toolchain } from '@ait-rvv/remote';

/** What names a compiler and its flags in a measurement's key: `Debian clang version 19.1.4 -march=rv64gcv`. */
export async function compilerText(
  toolchain: Toolchain,
  march: string,
  env: Environment,
  command?: string,
): Promise<string> {
  const [compiler = ''] = command?.split(' ') ?? toolchain.compiler;
  const flags = [...(command?.split(' ').slice(1) ?? []), `-march=${march}`, ...(env['CFLAGS'] ?? '-O3').split(' ')];
  const result = await runProcess([compiler, '--version'], { env: { ...env, ...toolchain.env } }).catch(
    () => undefined,
  );
  const version = result?.stdout.split('\n')[0]?.trim();
  return [version === undefined || version === '' ? compiler : version, ...flags].join(' ');
}
