import { classifyDigits } from './digits.mjs';
import { runResnet18 } from './resnet18.mjs';
import { reportFailure } from './ait-rvv.mjs';

const DEVICE = 'qemu:vlen=256';

try {
  console.log(`ait-rvv on an emulated RISC-V board with 256-bit vectors (--device ${DEVICE})`);
  await classifyDigits(DEVICE);
  await runResnet18(DEVICE);
  console.log('\nThe compiled programs are in out/: C sources, Makefile and weights.bin');
} catch (error) {
  reportFailure(error);
}
