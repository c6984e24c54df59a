import { CompileError, fail, quoteName, type Diagnostic } from '@ait-rvv/ir';
import type { z } from 'zod';
import { findBrokenInvariants } from './invariants.js';
import { planSchema, type Plan } from './schema.js';

/** At most this many findings are told. */
const MOST_FINDINGS = 10;

/**
 * Reads a plan file. Throws AIT4001 for what is no plan or cut off, and AIT4002, naming the layer, for a plan whose
 * numbers contradict each other.
 */
export function parsePlan(text: string, file = 'plan'): Plan {
  const where = quoteName(file);
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    fail('AIT4001', 'is no JSON, or is cut off.', { where });
  }
  const result = planSchema.safeParse(raw);
  if (!result.success) {
    throw new CompileError(result.error.issues.slice(0, MOST_FINDINGS).map((issue) => finding(issue, raw, where)));
  }
  const broken = findBrokenInvariants(result.data);
  if (broken.length > 0) throw new CompileError(broken.slice(0, MOST_FINDINGS));
  return result.data;
}

/** The plan as a file: stable, one field a line, lists of numbers on one line. */
export function planText(plan: Plan): string {
  // No string of JSON holds a line break, so that what is matched is structure.
  const text = JSON.stringify(plan, undefined, 2).replace(/\[\n[\s0-9,]+\]/g, (list) =>
    list.replace(/\s+/g, '').replaceAll(',', ', '),
  );
  return `${text}\n`;
}

function finding(issue: z.core.$ZodIssue, raw: unknown, where: string): Diagnostic {
  const { path, message } = innermost(issue, raw);
  const [first, index, ...rest] = path;
  const layer = first === 'layers' && typeof index === 'number' ? layerName(raw, index) : undefined;
  if (layer === undefined) return { code: 'AIT4001', where, message: said(path, message) };
  return { code: 'AIT4001', where: `${where} layer ${layer}`, message: said(rest, message) };
}

/** A layer that fits neither form is told about in the form it has the field of. */
function innermost(issue: z.core.$ZodIssue, raw: unknown): { path: readonly PropertyKey[]; message: string } {
  if (issue.code !== 'invalid_union') return issue;
  const [, index] = issue.path;
  const layer = typeof index === 'number' ? layersOf(raw)[index] : undefined;
  const isDense = typeof layer === 'object' && layer !== null && 'reason' in layer;
  const [inner] = issue.errors[isDense ? 1 : 0] ?? [];
  return inner === undefined ? issue : { path: [...issue.path, ...inner.path], message: inner.message };
}

function said(path: readonly PropertyKey[], message: string): string {
  const text = message.replace(/\n/g, ' ');
  return path.length === 0 ? `${text}.` : `${path.map(String).join('.')}: ${text}.`;
}

function layerName(raw: unknown, index: number): string {
  const layer = layersOf(raw)[index];
  const name = typeof layer === 'object' && layer !== null && 'name' in layer ? layer.name : undefined;
  return typeof name === 'string' ? quoteName(name) : String(index);
}

function layersOf(raw: unknown): readonly unknown[] {
  const layers = typeof raw === 'object' && raw !== null && 'layers' in raw ? raw.layers : undefined;
  return Array.isArray(layers) ? (layers as readonly unknown[]) : [];
}
