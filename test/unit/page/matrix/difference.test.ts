import { describe, expect, it } from 'vitest';
import { pairsOf } from '../../../../src/matrix/reading.ts';
import { packMatrices } from '../../../../src/matrix/pack.ts';
import { agrees, predictor } from '../../../../src/matrix/prediction.ts';
import { models } from '../../../../src/model/index.ts';
import type { MatrixRecord } from '../../../../src/record/matrix.ts';
import {
  cornersOfBoth,
  differenceAt,
  differ,
  isAsModelled,
  reasonKey,
  ruleAt,
} from '../../../../src/page/matrix/difference.ts';
import { modelledSide, recordedSide, type Side } from '../../../../src/page/matrix/side.ts';
import { setting } from '../../matrix/lab.ts';
import { matrixRecord, type Twist } from '../../report/matrix/fixture.ts';

const asked = { protocol: 'tcp', uid: 'same' } as const;

function sidesOf(...records: MatrixRecord[]): Side[] {
  const packed = packMatrices(records.map((record, place) => ({ name: `platform ${place}`, record })));
  return packed.platforms.map((matrix) => recordedSide(packed, matrix));
}

/** All corners together. */
function differences(left: Side, right: Side) {
  return cornersOfBoth(left, right).map((corners) => ({ corners, ...differenceAt(left, right, corners) }));
}

/** A record of what Linux answers, which no test changes. */
const answered = matrixRecord(asked);
const { lab } = answered;

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

describe('two records', () => {
  const twist: Twist = (first, second, answer) => {
    if (first === '127.0.0.1 -') return null;
    return first === '0.0.0.0 A' && second === '127.0.0.1 A' ? 'bind EACCES' : answer;
  };
  const [record, twisted] = [answered, matrixRecord(asked, twist)];
  const [left, right] = sidesOf(record, twisted) as [Side, Side];

  it('differ where their answers do, and nowhere else', () => {
    const found = differences(left, right);
    const plain = record.blocks.filter(({ devices }) => devices === 'none/none').length;
    expect(sum(found.map(({ differing }) => differing))).toBe(plain);
    expect(sum(differences(left, left).map(({ differing }) => differing))).toBe(0);
    expect(sum(differences(left, left).map(({ compared }) => compared))).toBe(record.counts.pairs);
    // The row that was not run is compared with nothing.
    expect(sum(found.map(({ compared }) => compared))).toBe(twisted.counts.pairs - twisted.counts.notRun);
  });

  it('say by which rules, and where no model says so', () => {
    const first = differences(left, right).find(({ differing }) => differing > 0);
    expect([...(first?.reasons.values() ?? [])].map(({ pairs, ...reason }) => [reason.right, pairs])).toEqual([
      [undefined, 1],
    ]);
    const block = first?.corners.right;
    if (!block) throw new Error('no block');
    const place = {
      row: block.first.findIndex(({ name, letters }) => name.text === '0.0.0.0' && letters === 'A'),
      column: block.second.findIndex(({ name, letters }) => name.text === '127.0.0.1' && letters === 'A'),
    };
    expect(isAsModelled(block, place)).toBe(false);
    expect(block.command(place.row, place.column)).toBe(
      `npx bindspec matrix --protocol tcp --state ${block.corner.state} --first '0.0.0.0 A' --second '127.0.0.1 A' --uid same --no-reports`,
    );
  });

  it('are alike on addresses of different labs', () => {
    const elsewhere = JSON.parse(
      JSON.stringify(record)
        .replaceAll('192.168.5.130', '10.9.8.7')
        .replaceAll('fd00:5::130', '2001:db8::5')
        .replaceAll('eth0', 'en0'),
    ) as MatrixRecord;
    const [here, there] = sidesOf(record, elsewhere) as [Side, Side];
    expect(sum(differences(here, there).map(({ compared }) => compared))).toBe(record.counts.pairs);
    expect(differences(here, there)).toHaveLength(record.blocks.length);
  });

  it('survive an unreadable version of a kernel', () => {
    const odd = { ...record, platform: { ...record.platform, release: '<script>' } };
    const [side] = sidesOf(odd) as [Side];
    const block = side.at(record.blocks[0] as never, odd.lab);
    expect(block?.prediction(0, 0)).toEqual(left.at(record.blocks[0] as never, record.lab)?.prediction(0, 0));
  });
});

describe('a record and a model', () => {
  const record = answered;
  const [left] = sidesOf(record) as [Side];

  it('differ in nothing where it is the model of the record', () => {
    const right = modelledSide('linux', record.lab);
    expect(right.observed).toBe(false);
    const found = differences(left, right);
    expect(sum(found.map(({ differing }) => differing))).toBe(0);
    expect(sum(found.map(({ compared }) => compared))).toBe(record.counts.pairs);
  });

  it.each(['darwin', 'windows', 'netbsd'] as const)('differ where %s does not allow what the record has', (system) => {
    const right = modelledSide(system, record.lab);
    let expected = 0;
    for (const block of record.blocks.filter(({ devices }) => devices === 'none/none')) {
      const predict = predictor(models[system], setting, block, 0);
      for (const { first, second, answer } of pairsOf(record, block).flat()) {
        const known = system !== 'windows' || ![first.letters, second.letters].some((letters) => letters.includes('P'));
        const prediction = predict(first, second);
        const allowed = [answer ?? '', (answer ?? '').replace(' E', ' WSAE')].some((one) => agrees(one, prediction));
        if (known && !allowed) expected += 1;
      }
    }
    expect(expected).toBeGreaterThan(0);
    const found = differences(left, right);
    expect(sum(found.map(({ differing }) => differing))).toBe(expected);
    for (const { differing, reasons } of found) {
      expect(sum([...reasons.values()].map(({ pairs }) => pairs))).toBe(differing);
      for (const [key, reason] of reasons) {
        expect(key).toBe(reasonKey(reason));
        expect(reason.left).toMatch(/^linux\//);
        expect(reason.right?.startsWith(`${system}/`)).toBe(true);
      }
    }
  });
});

describe('two models', () => {
  it('are compared on the addresses of a lab, with nothing observed', () => {
    const [left, right] = [modelledSide('darwin', lab), modelledSide('freebsd', lab)];
    const all = cornersOfBoth(left, right);
    expect(all.length).toBeGreaterThan(10);
    // Some of all corners: all have tens of thousands of pairs.
    const found = all.filter((_, place) => place % 4 === 1).map((corners) => differenceAt(left, right, corners));
    expect(sum(found.map(({ compared }) => compared))).toBeGreaterThan(3000);
    expect(sum(found.map(({ differing }) => differing))).toBeGreaterThan(0);
    const [corners] = all;
    if (!corners?.left || !corners.right) throw new Error('no corner');
    const place = { row: 0, column: 0 };
    expect(corners.left.command(0, 0)).toBeNull();
    expect(isAsModelled(corners.left, place)).toBe(true);
    expect(ruleAt(corners.left, place)).toMatch(/^darwin\//);
    expect(differ(left, corners.left, place, left, corners.left, place)).toBe(false);
  });
});
