import { byteSize, typeAt, type DType, type Graph, type ValueId } from '@ait-rvv/ir';
import type { CArg, CField } from '../kernel.js';
import type { MemoryPlan } from '../memory-plan.js';
import type { Storage } from '../storage.js';
import { cFloat, cSize, cWhole } from './c-literals.js';
import type { WeightsWriter } from './weights.js';

const C_TYPES: Readonly<Record<DType, string>> = {
  f32: 'float',
  f64: 'double',
  f16: 'uint16_t',
  i8: 'int8_t',
  u8: 'uint8_t',
  u16: 'uint16_t',
  i32: 'int32_t',
  i64: 'int64_t',
  bool: 'uint8_t',
};

/** Writes C expressions for where things are, within a function whose parameter `m` is the model. */
export class Addresses {
  constructor(
    readonly graph: Graph,
    readonly storage: Storage,
    readonly memory: MemoryPlan,
    readonly weights: WeightsWriter,
  ) {}

  /** An untyped address in parentheses. */
  bytes(id: ValueId, extra = 0): string {
    const { root, byteOffset } = this.storage.locate(id);
    const offset = byteOffset + extra;
    switch (this.storage.kindOf(root)) {
      case 'arena':
        return `(m->arena + ${cSize((this.memory.offsets.get(root) ?? 0) + offset)})`;
      case 'constant':
        return `(m->weights.body + ${cSize(this.weights.constant(this.graph, root) + offset)})`;
      case 'input':
        return `((const unsigned char *)m->input[${this.storage.indexOf(root)}] + ${cSize(offset)})`;
      case 'output':
        return `((unsigned char *)m->output[${this.storage.indexOf(root)}] + ${cSize(offset)})`;
    }
  }

  /** The address of a tensor's elements, typed; const where the program must not write. */
  typed(id: ValueId, elements = 0): string {
    const { dtype } = typeAt(this.graph, id);
    const kind = this.storage.kindOf(this.storage.locate(id).root);
    const readOnly = kind === 'constant' || kind === 'input' ? 'const ' : '';
    return `(${readOnly}${C_TYPES[dtype]} *)${this.bytes(id, elements * byteSize(dtype))}`;
  }

  /** A kernel argument; `packed` holds the offsets of the instance's packed weights. */
  argument(arg: CArg, packed: readonly number[]): string {
    switch (arg.kind) {
      case 'size':
        return cSize(arg.value);
      case 'float':
        return cFloat(arg.value);
      case 'whole':
        return cWhole(arg.value);
      case 'value':
        return this.typed(arg.value, arg.elements);
      case 'blockStride':
        return cSize(this.storage.blockStride(arg.value));
      case 'packed':
        return `(const void *)(m->weights.body + ${cSize(packed[arg.index] ?? 0)})`;
      case 'symbol':
        return arg.name;
      case 'struct':
        return `{${arg.fields.map((field) => `.${field.name} = ${this.argument(field.arg, packed)}`).join(', ')}}`;
      case 'array': {
        const items = arg.items.map((item) => this.argument(item, packed)).join(', ');
        if (arg.type === '') return `{${items}}`;
        return items === '' ? 'NULL' : `(const ${arg.type}[]){${items}}`;
      }
    }
  }

  fields(fields: readonly CField[], packed: readonly number[]): { name: string; value: string }[] {
    return fields.map((field) => ({ name: field.name, value: this.argument(field.arg, packed) }));
  }
}
