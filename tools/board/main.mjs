import { startBoard } from './board.mjs';

/** `npm run board [-- --vlen 512]`: a board to try things on, until Ctrl-C. */
const at = process.argv.indexOf('--vlen');
const board = await startBoard({
  ...(at < 0 ? {} : { vlen: Number(process.argv[at + 1]) }),
  plain: process.argv.includes('--plain'),
  log: console.error,
});
const runner = board.runner.length === 0 ? '' : ` --runner ${JSON.stringify(board.runner.join(' '))}`;
console.log(`An emulated RISC-V board listens at ${board.address} until you press Ctrl-C. Elsewhere:

  ssh-add ${board.key}      # or set IdentityFile in ~/.ssh/config
  npx ait-rvv device add try ${board.user}@${board.host}:${board.port}${runner}
  npx ait-rvv device check try --host-key accept-new
  npx ait-rvv compile zoo:squeezenet1_1@64 -o out/squeezenet
  npx ait-rvv verify out/squeezenet --device try`);
const done = new Promise((resolve) => ['SIGINT', 'SIGTERM'].forEach((signal) => process.once(signal, resolve)));
const alive = setInterval(() => undefined, 60_000);
await done;
clearInterval(alive);
await board.stop();
