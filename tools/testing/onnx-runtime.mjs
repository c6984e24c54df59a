import ort from 'onnxruntime-node';

const TYPES = { f32: 'float32', i64: 'int64', i32: 'int32', bool: 'bool', u8: 'uint8', i8: 'int8', f64: 'float64' };
const NAMES = Object.fromEntries(Object.entries(TYPES).map(([ours, theirs]) => [theirs, ours]));

/**
 * Runs an ONNX model (a path or its bytes) in ONNX Runtime on this machine: the oracle nobody here wrote. Tensors are
 * `{ dtype, shape, data }` by name.
 */
export async function runOnnxRuntime(model, inputs, { optimise = true } = {}) {
  const session = await ort.InferenceSession.create(model, {
    graphOptimizationLevel: optimise ? 'all' : 'disabled',
    logSeverityLevel: 3,
  });
  try {
    const feeds = {};
    for (const [name, { dtype, shape, data }] of inputs) feeds[name] = new ort.Tensor(TYPES[dtype], data, [...shape]);
    const results = await session.run(feeds);
    return new Map(
      Object.entries(results).map(([name, tensor]) => [
        name,
        { dtype: NAMES[tensor.type], shape: tensor.dims.map(Number), data: tensor.data },
      ]),
    );
  } finally {
    await session.release();
  }
}
