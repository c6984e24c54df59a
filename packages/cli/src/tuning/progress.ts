import type { Environment } from '@ait-rvv/command';
import type { TuneProgress } from '@ait-rvv/tuning';

/** Shows how far tuning is, on one line of a terminal; nothing where stderr is none. */
export function tuneProgress(env: Environment): {
  readonly show: (progress: TuneProgress) => void;
  readonly end: () => void;
} {
  const shown = process.stderr.isTTY && env['CI'] === undefined;
  if (!shown) return { show: () => undefined, end: () => undefined };
  return {
    show: (progress) => void process.stderr.write(`\r\u001b[K${progressText(progress)}`),
    end: () => void process.stderr.write('\r\u001b[K'),
  };
}

/** `12/48 layers, 230 choices measured (1 failed), 1:40 gone, about 3:10 left` */
export function progressText({ layersDone, layers, measured, failed, elapsedMs, leftMs }: TuneProgress): string {
  const failures = failed === 0 ? '' : ` (${failed} failed)`;
  const left = leftMs === undefined ? '' : `, about ${clock(leftMs)} left`;
  return `${layersDone}/${layers} layers, ${measured} choices measured${failures}, ${clock(elapsedMs)} gone${left}`;
}

function clock(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
