import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { layerOfNetwork, waysOf } from './ways.mjs';

/** Packs every column of a window by im2col. */
const PACKED = 'conv_gemm';
/** Look taps up by their offsets in lines that are kept together, whatever number of columns reads them. */
const BY_OFFSETS = ['conv_mec', 'conv_staged'];
/** Looks them up in the picture itself, the rows of which have zeros between them. */
const IN_PICTURE = 'conv_direct';

/** A layer by im2col and by each kernel that looks taps up by offsets. */
export async function measureOffsets(bench, one) {
  const { kind, network, layer, ratio } = one;
  const runs = await waysOf(bench, [PACKED, ...BY_OFFSETS], layerOfNetwork(bench, one));
  const onPitch = rvvBackend(undefined, { pitch: 0 });
  const pictures = await waysOf(bench, [IN_PICTURE], layerOfNetwork(bench, one, onPitch), onPitch);
  const [packed, ...byOffsets] = [...runs, ...pictures];
  return { kind, network, layer, ratio, packed, byOffsets };
}
