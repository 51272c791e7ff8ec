import { unknown } from '../text/unknown.ts';

/** An argument of the library that is not of the form it must have. The message is one line: what, where, what is allowed. */
export class BadArgument extends RangeError {
  override readonly name = 'BadArgument';
  /** The place of the value, for example `step(operation): operation.address`. */
  readonly where: string;

  constructor(where: string, message: string) {
    super(message);
    this.where = where;
  }
}

/** Checks a value that came from a program. @throws BadArgument */
export type Shape = (value: unknown, where: string) => void;

/** The longest value that a message shows whole. */
const LONGEST = 60;

function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'undefined') return String(value);
  let text: string;
  try {
    text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  } catch {
    text = 'a value that refers to itself';
  }
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}

/** @throws BadArgument always */
export function refuse(where: string, value: unknown, allowed: string): never {
  const is = value === undefined ? 'is missing' : `is ${shown(value)}`;
  throw new BadArgument(where, `${where} ${is}; allowed is ${allowed}`);
}

/** A text that passes a test. */
export function textThat(allowed: string, isGood: (value: string) => boolean = (value) => value !== ''): Shape {
  return (value, where) => {
    if (typeof value !== 'string' || !isGood(value)) refuse(where, value, allowed);
  };
}

export const flag: Shape = (value, where) => {
  if (typeof value !== 'boolean') refuse(where, value, 'true or false');
};

/** An integer between two others. */
export function integer(from: number, to: number, what: string): Shape {
  return (value, where) => {
    if (!Number.isInteger(value) || Number(value) < from || Number(value) > to) refuse(where, value, what);
  };
}

/** One of some words. */
export function oneWordOf(words: readonly string[]): Shape {
  return (value, where) => {
    if (typeof value === 'string' && words.includes(value)) return;
    refuse(where, value, words.length === 1 ? `'${words[0]}'` : `one of ${words.join(', ')}`);
  };
}

/** A list whose entries have one shape. */
export function eachOf(shape: Shape, allowed: string, least = 0): Shape {
  return (value, where) => {
    if (!Array.isArray(value) || value.length < least) refuse(where, value, allowed);
    for (const [place, entry] of value.entries()) shape(entry, `${where}[${place}]`);
  };
}

/** An object whose keys have one shape, and its values another. */
export function mapOf(key: Shape, shape: Shape, allowed: string): Shape {
  return (value, where) => {
    if (!isObject(value)) refuse(where, value, allowed);
    for (const [name, entry] of Object.entries(value)) {
      key(name, `a key of ${where}`);
      if (entry !== undefined) shape(entry, `${where}.${name}`);
    }
  };
}

/** An object with the given fields and no others; those that are not required may be left out. */
export function fields(shapes: Readonly<Record<string, Shape>>, required: readonly string[] = []): Shape {
  const names = Object.keys(shapes);
  return (value, where) => {
    if (!isObject(value))
      refuse(where, value, `an object with ${required.length > 0 ? required.join(', ') : names.join(', ')}`);
    for (const name of Object.keys(value)) {
      if (Object.hasOwn(shapes, name)) continue;
      throw new BadArgument(where, unknown(`field of ${where}`, name, names, `allowed are ${names.join(', ')}`));
    }
    for (const name of names) {
      const entry = value[name];
      if (entry !== undefined || required.includes(name)) shapes[name]?.(entry, `${where}.${name}`);
    }
  };
}

/**
 * An object that has at least some fields, for what the library itself made.
 * @param what what it is, as the end of a sentence: `explain() returned`
 */
export function made(what: string, needed: readonly string[]): Shape {
  return (value, where) => {
    if (!isObject(value) || needed.some((name) => value[name] === undefined)) refuse(where, value, `what ${what}`);
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
