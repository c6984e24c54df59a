import type { AttributeMessage, GraphMessage, ModelMessage, NodeMessage, TensorMessage } from '../messages.js';

interface Codec<T> {
  decode(bytes: Uint8Array): T;
  encode(message: Partial<T>): { finish(): Uint8Array };
}

export const onnx: {
  readonly ModelProto: Codec<ModelMessage>;
  readonly GraphProto: Codec<GraphMessage>;
  readonly NodeProto: Codec<NodeMessage>;
  readonly TensorProto: Codec<TensorMessage>;
  readonly AttributeProto: Codec<AttributeMessage>;
};
