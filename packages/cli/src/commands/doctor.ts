import { EXIT, flag, JSON_OPTION, table } from '@ait-rvv/command';
import type { Command } from '../context.js';
import { cachedXnnpack, findToolchain, type ToolReport } from '@ait-rvv/remote';

export const doctor: Command = {
  name: 'doctor',
  positional: '',
  summary: 'say what is installed, what is missing, and how to mend it',
  example: 'ait-rvv doctor',
  options: { ...JSON_OPTION },
  async run(values, context) {
    const { tools: found, toolchain, fix } = await findToolchain(context.env, context.cacheDir);
    const tools = [...found, xnnpack(context.cacheDir)];
    if (flag(values, 'json')) {
      context.print(
        JSON.stringify({
          schemaVersion: 1,
          complete: toolchain !== undefined,
          tools,
          fix: toolchain === undefined ? fix : null,
        }),
      );
    } else {
      const rows = tools.map((tool) => [
        tool.name,
        tool.found !== undefined ? 'ok' : tool.optional === true ? 'not there (optional)' : 'missing',
        tool.version ?? '',
        tool.found ?? tool.purpose,
      ]);
      context.print(table(['tool', '', 'version', 'where'], rows));
      if (toolchain === undefined) {
        context.print(`\nTo mend it: ${fix}`);
        context.print(
          'Other systems: install clang 17 or newer with lld, qemu-user, make, and the riscv64 glibc headers and libraries.',
        );
      }
    }
    return toolchain === undefined ? EXIT.toolMissing : EXIT.ok;
  },
};

/** The library of `--target xnnpack`. */
function xnnpack(cacheDir: string): ToolReport {
  const root = cachedXnnpack({ cacheDir });
  const purpose = 'library of --target xnnpack, fetched on first use';
  return { name: 'XNNPACK riscv64', purpose, optional: true, ...(root === undefined ? {} : { found: root }) };
}
