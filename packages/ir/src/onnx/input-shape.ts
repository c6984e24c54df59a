import { fail, quoteName } from '../diagnostics/diagnostic.js';
import { toNumber, type ValueInfoMessage } from './messages.js';

/** The shape of a graph input: its own, or the given one where its own leaves dimensions open. */
export function inputShape(info: ValueInfoMessage, given: readonly number[] | undefined): readonly number[] {
  const name = info.name ?? '';
  const where = `input ${quoteName(name)}`;
  const dims = info.type?.tensor_type?.shape?.dim;
  if (dims === undefined) {
    if (given !== undefined) return given;
    fail('AIT1003', 'has no shape.', { where, hint: `Give it one with --shape ${name}:D,D,….` });
  }
  const own = dims.map((dim) => {
    const value = dim.dim_value === undefined || dim.dim_value === null ? undefined : toNumber(dim.dim_value);
    // Some exporters write 0 or −1 for an open dimension.
    return value === undefined || value <= 0 ? undefined : value;
  });
  if (given === undefined) {
    const open = dims.flatMap((dim, axis) => (own[axis] === undefined ? [dim.dim_param ?? `dimension ${axis}`] : []));
    if (open.length === 0) return own.map((extent) => extent ?? 0);
    const example = own.map((extent) => extent ?? 1).join(',');
    const list = open.map((param) => quoteName(param)).join(', ');
    fail('AIT1003', `has open dimensions: ${list}.`, {
      where,
      hint: `Fix them, for example with --shape ${name}:${example}.`,
    });
  }
  const fits =
    given.length === own.length && own.every((extent, axis) => extent === undefined || extent === given[axis]);
  if (!fits) {
    const shown = own.map((extent, axis) => extent ?? dims[axis]?.dim_param ?? '?').join(',');
    fail('AIT1003', `is [${shown}]; --shape gives [${given.join(',')}].`, { where });
  }
  return given;
}
