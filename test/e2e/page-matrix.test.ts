import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Explanation } from '../../src/explain/explanation.ts';
import { short } from '../../src/matrix/answers.ts';
import { decidingRule, likeliest, predictor } from '../../src/matrix/prediction.ts';
import { pairsOf, type Pair } from '../../src/matrix/reading.ts';
import { setting } from '../unit/matrix/lab.ts';
import { obedient, plan, recordOf as receiversRecord } from '../unit/matrix/receivers/lab.ts';
import { spellSpec } from '../../src/matrix/sockets.ts';
import { models } from '../../src/model/index.ts';
import type { MatrixBlock, MatrixRecord } from '../../src/record/matrix.ts';
import { accessibilityOf, noBrowser } from '../support/browser.ts';
import { bindspec } from '../support/cli.ts';
import { ROOT } from '../support/docs.ts';
import { REPORTS, useReportPage } from '../support/page.ts';
import { needs } from '../support/needs.ts';
import { platformId } from '../../src/record/platform-id.ts';

/** What one of the two tables shows: rows and columns by their names, and the text of each cell. */
interface Shown {
  rows: string[];
  columns: string[];
  cells: string[][];
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An answer whatever the system calls its errors. */
const plain = (answer: string | null) => answer?.replace(' WSAE', ' E');

describe('the bind matrix and explain on the page', needs(noBrowser), () => {
  const made = useReportPage();
  const { at } = made;
  const seed = Number(process.env['BINDSPEC_SEED'] ?? Date.now() % 1_000_000);
  const records = new Map(
    readdirSync(REPORTS, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(`${path.sep}matrix.json`))
      .map((file) => [path.dirname(file), JSON.parse(readFileSync(path.join(REPORTS, file), 'utf8')) as MatrixRecord]),
  );

  function recordOf(name: string): MatrixRecord {
    const record = records.get(name);
    if (record === undefined) throw new Error(`there is no matrix of ${name}`);
    return record;
  }

  /** The address of a corner. */
  function address(left: string, right: string, block: MatrixBlock, more: Record<string, string> = {}): string {
    const { protocol, state, uid, devices } = block;
    return `#/matrix?${new URLSearchParams({ left, right, protocol, state, uid, devices, show: 'all', ...more }).toString()}`;
  }

  async function tables(page: Page): Promise<[Shown, Shown]> {
    await page.locator('.square').nth(1).waitFor();
    const both = await page.locator('.square').evaluateAll((all) =>
      all.map((table) => {
        const texts = (selector: string, of = table) =>
          [...of.querySelectorAll(selector)].map((one) => one.textContent ?? '');
        return {
          rows: texts('tbody th'),
          columns: texts('thead th'),
          cells: [...table.querySelectorAll('tbody tr')].map((row) => texts('td', row)),
        };
      }),
    );
    return both as [Shown, Shown];
  }

  /** The pairs of a block by both names. */
  function pairsByName(record: MatrixRecord, block: MatrixBlock): Map<string, Pair> {
    return new Map(
      pairsOf(record, block)
        .flat()
        .map((pair) => [`${spellSpec(pair.first)}~${spellSpec(pair.second)}`, pair]),
    );
  }

  /** Goes over all cells of a table, by both names. */
  function entries({ rows, columns, cells }: Shown): [string, string][] {
    return rows.flatMap((row, index) =>
      columns.map((column, place): [string, string] => [`${row}~${column}`, cells[index]?.[place] ?? '']),
    );
  }

  describe(`the matrix (BINDSPEC_SEED=${seed})`, () => {
    const next = random(seed);
    const pick = <T>(list: readonly T[]) => list[Math.floor(next() * list.length)] as T;
    const names = [...records.keys()];
    const corners = Array.from({ length: 6 }, () => {
      const left = pick(names);
      const right = pick(names.filter((name) => name !== left));
      return { left, right, block: pick(recordOf(left).blocks) };
    });
    const title = ({ protocol, state, uid, devices }: MatrixBlock) => `${protocol} ${state} ${uid} ${devices}`;

    test.each(corners.map((one) => [one.left, one.right, title(one.block), one] as const))(
      'shows what %s and %s answered, and where they differ: %s',
      async (left, right, _, { block }) => {
        const [record, otherRecord] = [recordOf(left), recordOf(right)];
        const otherBlock = otherRecord.blocks.find((one) => title(one) === title(block));
        const pairs = pairsByName(record, block);
        const others = otherBlock ? pairsByName(otherRecord, otherBlock) : new Map<string, Pair>();
        const [shown, otherShown] = await tables(await at(address(left, right, block)));
        const differing = [...pairs].filter(([name, pair]) => {
          const other = others.get(name);
          return other !== undefined && plain(other.answer) !== plain(pair.answer);
        });
        const apart = new Set(differing.map(([name]) => name));
        for (const [own, table] of [
          [pairs, shown],
          [others, otherShown],
        ] as const) {
          const cells = entries(table);
          expect(cells.filter(([, text]) => text !== '').length).toBe(own.size);
          for (const [name, text] of cells) {
            const pair = own.get(name);
            const said = pair === undefined ? '' : pair.answer === null ? '.' : short(pair.answer);
            const strange = pair?.agrees === false ? '*' : '';
            expect([name, text]).toEqual([name, `${said}${strange}${apart.has(name) ? '≠' : ''}`]);
          }
        }
      },
    );

    test.each([
      ['linux-6.18-x64', 'gvisor-20240729.0-x64'],
      ['linux-5.10-x64', 'linux-6.1-x64'],
      ['wine-8.0-x64', 'linux-6.12-x64'],
    ])('counts all pairs of %s and %s, by corner and by rules', async (left, right) => {
      const [record, other] = [recordOf(left), recordOf(right)];
      let [compared, differing] = [0, 0];
      for (const block of record.blocks) {
        const otherBlock = other.blocks.find((one) => title(one) === title(block));
        const others = otherBlock ? pairsByName(other, otherBlock) : new Map<string, Pair>();
        for (const [name, { answer }] of pairsByName(record, block)) {
          const found = others.get(name)?.answer;
          if (found === undefined || found === null || answer === null) continue;
          compared += 1;
          if (plain(found) !== plain(answer)) differing += 1;
        }
      }
      const page = await at(`#/matrix?left=${left}&right=${right}`);
      await page.locator('.corners').waitFor();
      const sentence = await page.locator('.lead.count').innerText();
      expect(sentence).toContain(`${compared.toLocaleString('en-US')} pairs are in both`);
      if (differing === 0) expect(sentence).toContain('no pair differs');
      else expect(sentence).toContain(`${differing.toLocaleString('en-US')} differ`);
      const numbers = await page.locator('.corners td a').allTextContents();
      expect(numbers.reduce((sum, text) => sum + Number(text.split(' ')[0]), 0)).toBe(differing);
      const reasons = await page.locator('.reasons .number').allTextContents();
      expect(reasons.reduce((sum, text) => sum + Number(text.replaceAll(',', '')), 0)).toBe(differing);
    });

    test.each(['darwin', 'windows', 'openbsd'] as const)('shows what the model of %s says', async (system) => {
      const block = recordOf('linux-6.18-x64').blocks.find(({ state }) => state === 'connected');
      if (!block) throw new Error('no block');
      const page = await at(address('linux-6.18-x64', `model:${system}`, block));
      const [, shown] = await tables(page);
      const predict = predictor(models[system], setting, block, 0);
      let checked = 0;
      for (const { first, second } of pairsOf(recordOf('linux-6.18-x64'), block).flat()) {
        const row = shown.rows.indexOf(spellSpec(first));
        const text = shown.cells[row]?.[shown.columns.indexOf(spellSpec(second))];
        if (text === undefined || text === '') continue;
        checked += 1;
        expect(text.replace('≠', '')).toBe(short(likeliest(predict(first, second))));
      }
      expect(checked).toBeGreaterThan(500);
      expect(await page.locator('.pairs .badge').allInnerTexts()).toEqual(['observed', 'model, not observed']);
    });

    test('tells of a cell: both answers, the rule with its source, and the command that runs the pair', async () => {
      const block = recordOf('linux-6.18-x64').blocks.find(({ state }) => state === 'listening');
      if (!block) throw new Error('no block');
      const page = await at(
        address('linux-6.18-x64', 'gvisor-20240729.0-x64', block, { cell: '0.0.0.0 A~127.0.0.1 A' }),
      );
      const details = page.locator('.details');
      expect(await details.locator('.pair').innerText()).toBe(
        'first 0.0.0.0 A, second 127.0.0.1 A (TCP, the first listening, the same user): ≠ they differ',
      );
      const [linux = '', gvisor = ''] = await details.locator('.side').allInnerTexts();
      const pair = pairsByName(recordOf('linux-6.18-x64'), block).get('0.0.0.0 A~127.0.0.1 A');
      if (!pair) throw new Error('no pair');
      const deciding = decidingRule(predictor(models.linux, setting, block, 0)(pair.first, pair.second));
      const rule = models.linux.rules.find(({ id }) => id === deciding);
      expect(linux).toContain('bind fails with EADDRINUSE');
      expect(linux).toContain(rule?.prose);
      expect(linux).toContain(`${rule?.source.name}: ${rule?.source.where}`);
      expect(gvisor).toMatch(/kernel\s+ok/);
      expect(await details.locator('.command code').allInnerTexts()).toEqual([
        `npx bindspec matrix --protocol tcp --state listening --first '0.0.0.0 A' --second '127.0.0.1 A' --uid same --no-reports`,
        `npx bindspec matrix --protocol tcp --state listening --first '0.0.0.0 A' --second '127.0.0.1 A' --uid same --stack gvisor --no-reports`,
      ]);
    });

    test('marks the cells of a reason, and keeps that in the address', async () => {
      const page = await at('#/matrix?left=linux-6.18-x64&right=gvisor-20240729.0-x64&show=all');
      await page.locator('.reasons a').nth(1).click();
      const said = await page.locator('.marking b').innerText();
      const marked = await page.locator('.square').first().locator('.marked').count();
      expect(said).toBe(`${marked} cells of these tables marked:`);
      expect(await page.locator('.square').first().locator('.marked.apart').count()).toBe(marked);
      const here = await page.locator('.reasons li', { has: page.locator('[aria-current]') }).innerText();
      expect(here).toContain(` ${marked} at this corner`);
      const again = await at(new URL(page.url()).hash);
      await again.locator('.marking').waitFor();
      expect(await again.locator('.square').first().locator('.marked').count()).toBe(marked);
      await again.getByRole('link', { name: 'unmark' }).click();
      expect(await again.locator('.marked').count()).toBe(0);
      // A rule of a cell marks all that it decided.
      await again.locator('.details dd a').first().click();
      expect(await again.locator('.square').first().locator('.marked').count()).toBeGreaterThan(10);
    });

    test('keeps every choice in its address, and opens with them', async () => {
      const page = await at('#/matrix');
      await page.getByLabel('System', { exact: true }).selectOption('linux-5.10-x64');
      await page.getByLabel('beside').selectOption('model:freebsd');
      await page.getByLabel('Protocol').selectOption('udp');
      await page.getByLabel('Owners').selectOption('different');
      await page.getByLabel('Sockets').selectOption('names');
      await page.getByLabel('only differences').check();
      const seen = await page.locator('.tables').innerText();
      expect(seen).toContain('UDP, the first bound, different users');
      const [shown] = await tables(page);
      for (const row of shown.cells) expect(row.some((text) => text.endsWith('≠'))).toBe(true);
      const again = await at(new URL(page.url()).hash);
      expect(await again.locator('.tables').innerText()).toBe(seen);
      await again.getByRole('button', { name: 'Swap' }).click();
      expect(await again.locator('.pairs h3').allInnerTexts()).toEqual([
        'FreeBSD model, not observed',
        'Linux 5.10 observed',
      ]);
    });

    test('can be walked through with the keyboard alone', async () => {
      const page = await at('#/matrix?left=linux-6.18-x64&right=model:darwin&show=all');
      await page.locator('.corners').waitFor();
      const active = (what: string) => page.evaluate<string>(`document.activeElement.${what}`);
      for (let presses = 0; presses < 80 && (await active('tagName')) !== 'TD'; presses += 1) {
        await page.keyboard.press('Tab');
      }
      expect(await active('tagName')).toBe('TD');
      await page.keyboard.press('Control+Home');
      // Firefox says that a key was pressed before the page has taken it.
      const pair = () => page.locator('.details .pair').innerText();
      await expect.poll(pair).toContain('first 0.0.0.0 -, second 0.0.0.0 -');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      await expect.poll(pair).toContain('first 0.0.0.0 A, second 0.0.0.0 P');
      const spoken = await page.locator('.matrix > [aria-live].hidden').textContent();
      expect(spoken).toMatch(/^First 0\.0\.0\.0 A, second 0\.0\.0\.0 P\. Linux 6\.18: bind fails with EADDRINUSE/);
      await page.keyboard.press('Control+End');
      await expect.poll(pair).toContain('first ::ffff:192.168.5.130 AP, second ::ffff:192.168.5.130 AP');
      await expect.poll(() => new URL(page.url()).hash).toContain('cell=');
      // One stop for each table.
      await page.keyboard.press('Tab');
      expect(await active('tagName')).toBe('TD');
      await page.keyboard.press('Tab');
      expect(await active('tagName')).not.toBe('TD');
    });

    test('is there without any record of a matrix, of models alone', async () => {
      const folder = path.join(made.home, 'alone');
      const only = path.join(REPORTS, 'linux-6.18-x64', 'record.json');
      expect((await bindspec(['report', only, '-o', folder])).exitCode).toBe(0);
      const page = await at('#/matrix', {}, folder);
      const [shown] = await tables(page);
      expect(shown.rows).toContain('127.0.0.1 AP');
      expect(await page.locator('.pairs .badge').allInnerTexts()).toEqual(Array(2).fill('model, not observed'));
      expect(await page.locator('.details .command').count()).toBe(0);
    });
  });

  describe('one socket alone', () => {
    test('shows every name of a platform, and every way in which one was bound', async () => {
      const page = await at('#/singles?platform=linux-6.18-x64');
      const { singles } = recordOf('linux-6.18-x64');
      const rows = await page.locator('.alone tbody th').allInnerTexts();
      expect(rows).toHaveLength(singles?.names.length ?? 0);
      expect(await page.locator('.alone p').first().innerText()).toContain(`, ${singles?.counts.mismatches} mismatch`);
      await page.getByRole('button', { name: '224.0.0.1', exact: true }).click();
      const details = await page.locator('.details').innerText();
      expect(details).toContain('224.0.0.1 (multicast)');
      expect(details).toMatch(/ok\s+UDP/);
      expect(details).toMatch(/bind EACCES\s+UDP, a low port, another user/);
      const again = await at(new URL(page.url()).hash);
      expect(await again.locator('.details').innerText()).toBe(details);
      await again.getByLabel('Platform').selectOption('wine-8.0-x64');
      expect(await again.locator('.details').innerText()).toContain('224.0.0.1 (multicast)');
    });
  });

  describe('explain', () => {
    const cases: [string, string[], string?, string?][] = [
      ['a stub resolver', ['udp 127.0.0.53:53', 'udp 0.0.0.0:53']],
      ['a dual-stack wildcard', ['udp 127.0.0.1:53', 'udp [::]:53 v6only=0 reuseaddr']],
      ['TIME_WAIT', ['tcp 0.0.0.0:80 time-wait local=192.0.2.1', 'tcp 0.0.0.0:80']],
      ['three sockets', ['tcp 0.0.0.0:80', 'tcp [::]:80 v6only=1', 'tcp *:80 reuseaddr']],
      ['a line of ss', ['tcp LISTEN 0 128 *:80 *:*', 'tcp 127.0.0.1:80 reuseaddr']],
      ['two users', ['udp 127.0.0.1:5353 reuseport uid=1', 'udp 127.0.0.1:5353 reuseport uid=2']],
      ['Windows', ['tcp 127.0.0.1:80 exclusive', 'tcp 0.0.0.0:80 reuseaddr'], 'windows,wine'],
      ['an old kernel', ['udp [::ffff:127.0.0.1]:53', 'udp 127.0.0.1:53'], 'linux', '5.10.1'],
      ['devices', ['udp 0.0.0.0:53 dev=eth0', 'udp 0.0.0.0:53 dev=lo'], 'linux,gvisor,macos'],
      ['nothing in the way', ['tcp 127.0.0.1:80', 'udp 127.0.0.1:80'], 'freebsd,netbsd,openbsd'],
    ];

    function hashOf(texts: readonly string[], system?: string, kernel?: string): string {
      const choices = new URLSearchParams(texts.map((text, place): [string, string] => [`s${place + 1}`, text]));
      if (system !== undefined) choices.set('system', system);
      if (kernel !== undefined) choices.set('kernel', kernel);
      return `#/explain?${choices.toString()}`;
    }

    test.each(cases)('says word for word what the command says: %s', async (_, texts, system, kernel) => {
      const more = [...(system ? ['--system', system] : []), ...(kernel ? ['--kernel', kernel] : [])];
      const told = (await bindspec(['explain', ...texts, ...more, '--why'])).stdout.replaceAll(/\s+/g, ' ');
      const data = JSON.parse(
        (await bindspec(['explain', ...texts, ...more, '--format', 'json'])).stdout,
      ) as Explanation;
      const page = await at(hashOf(texts, system, kernel));
      const flat = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
      expect(told).toContain(`${flat(await page.locator('.verdict').innerText())} `);
      const rows = await page
        .locator('.answers tbody tr')
        .evaluateAll((all) => all.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent ?? '')));
      const listens = data.answers.some(({ listen }) => listen !== undefined);
      expect(rows).toEqual(
        data.answers.map(({ bind, listen, rule }) => [
          bind.outcomes.join(' or '),
          ...(listens ? [listen?.outcomes.join(' or ') ?? '-'] : []),
          rule.id,
        ]),
      );
      const whys = await page.locator('.why').evaluateAll((all) =>
        all.map((section) => {
          for (const code of section.querySelectorAll('code')) code.remove();
          return [...section.querySelectorAll('p')].map((one) => one.textContent ?? '').join(' ');
        }),
      );
      expect(whys).toHaveLength(data.answers.length);
      expect(told).toContain(`Why ${data.sockets.length > 2 ? 'In the rules' : flat(whys[0] ?? '')}`);
      expect(told).toContain(whys.map(flat).join(' '));
      const pieces = await page.locator('.advice .piece').allInnerTexts();
      expect(pieces).toHaveLength(data.advice.length);
      expect(told).toContain(pieces.map((piece) => `- ${flat(piece)}`).join(' '));
      for (const [place, { notes }] of data.sockets.entries()) {
        const said = await page.locator('.socket').nth(place).locator('.notes li').allInnerTexts();
        for (const note of notes) expect(said.map(flat)).toContain(flat(note));
        for (const note of said) expect(told).toContain(flat(note));
      }
      const quoted = texts.map((text) => `'${text}'`);
      const words = ['npx bindspec explain', ...quoted, ...more].join(' ');
      expect(await page.locator('.command code').innerText()).toBe(words);
    });

    test('fields and line change each other, and the address with them', async () => {
      const page = await at(hashOf(['udp 127.0.0.1:53', 'udp 0.0.0.0:53']));
      const second = page.getByRole('group', { name: 'Socket 2' });
      await second.getByLabel('Address').fill('::');
      await second.getByLabel('IPV6_V6ONLY').selectOption('0');
      await second.getByLabel('SO_REUSEADDR', { exact: true }).check();
      const line = second.getByLabel('In bindspec’s notation');
      expect(await line.inputValue()).toBe('udp [::]:53 v6only=0 reuseaddr');
      await expect.poll(() => page.locator('.command code').innerText()).toContain("'udp [::]:53 v6only=0 reuseaddr'");
      await line.fill('tcp 127.0.0.1:8080 reuseport uid=33');
      expect(await second.getByLabel('Port', { exact: true }).inputValue()).toBe('8080');
      expect(await second.getByLabel('Owner').inputValue()).toBe('33');
      expect(await second.getByLabel('SO_REUSEADDR', { exact: true }).isChecked()).toBe(false);
      await page.getByRole('checkbox', { name: 'NetBSD' }).uncheck();
      await expect.poll(() => page.locator('.answers tbody tr').count()).toBe(7);
      const seen = await page.locator('.result').innerText();
      const again = await at(new URL(page.url()).hash);
      expect(await again.locator('.result').innerText()).toBe(seen);
      expect(await again.getByRole('checkbox', { name: 'NetBSD' }).isChecked()).toBe(false);
    });

    test.each([
      ['Port', '99999', "'0.0.0.0:99999' at position 5 can't be read"],
      ['Address', '1.2.3', "'1.2.3:53' at position 5 can't be read"],
      ['Owner', 'root', "'uid=root' at position 16 can't be read"],
      ['In bindspec’s notation', 'udp', "in 'udp': it names no socket"],
    ])('says at the field what is wrong with it: %s %s', async (label, value, message) => {
      const page = await at(hashOf(['udp 127.0.0.1:53', 'udp 0.0.0.0:53']));
      const second = page.getByRole('group', { name: 'Socket 2' });
      const field = second.getByLabel(label, { exact: label !== 'Owner' && label !== 'In bindspec’s notation' });
      await field.fill(value);
      expect(await field.getAttribute('aria-invalid')).toBe('true');
      const described = (await field.getAttribute('aria-describedby')) ?? '';
      expect(await page.locator(`#${described}`).innerText()).toContain(message);
      await expect.poll(() => page.locator('.answers').count()).toBe(0);
      expect(await page.locator('.result').innerText()).toBe('Correct socket 2 to see the answer.');
      expect(await page.locator('[aria-invalid]').count()).toBe(1);
      expect(await page.locator('.command').count()).toBe(0);
      await page.reload();
      expect(await page.locator('.result').innerText()).toBe('Correct socket 2 to see the answer.');
    });

    test.each([
      ['kernel=six', "'six' is not a version of the Linux kernel", 1],
      ['system=plan9', "unknown system 'plan9'", 0],
      ['release=14.3', "'14.3' is not a release of a system", 1],
      ['setting=bindv6only', "'bindv6only' is not a setting", 1],
      ['to=there', "'there' is not an address of a machine", 1],
      ['to=127.0.0.1&from=[::1]:9', 'which is of the other family', 1],
    ])('says what is wrong in the address: %s', async (wrong, message, invalid) => {
      const page = await at(`#/explain?s1=udp+127.0.0.1:53&${wrong}`);
      expect(await page.locator('#wanted-wrong').innerText()).toContain(message);
      expect(await page.locator('[aria-describedby=wanted-wrong]').count()).toBe(1);
      expect(await page.locator('[aria-invalid]').count()).toBe(invalid);
      expect(await page.locator('.answers').count()).toBe(0);
    });

    test('asks about a machine, a release and one case, as the options of the command do', async () => {
      const texts = ['udp 0.0.0.0:5000 reuseaddr', 'udp [::]:5000 reuseaddr'];
      const page = await at(hashOf(texts, 'linux,freebsd'));
      await page.getByLabel('Settings of the machine').fill('bindv6only=1 ip_unprivileged_port_start=80');
      await page.getByLabel('Releases').fill('freebsd=14.3');
      await page.getByLabel('Sent to').fill('127.0.0.1');
      await page.getByLabel('Sent from').fill('127.0.0.1:4000');
      const options = [
        '--system linux,freebsd --release freebsd=14.3 --to 127.0.0.1 --from 127.0.0.1:4000',
        '--setting bindv6only=1 --setting ip_unprivileged_port_start=80',
      ].flatMap((some) => some.split(' '));
      const quoted = texts.map((text) => `'${text}'`);
      const line = ['npx bindspec explain', ...quoted, ...options].join(' ');
      await expect.poll(() => page.locator('.command code').innerText()).toBe(line);
      const told = (await bindspec(['explain', ...texts, ...options])).stdout.replaceAll(/\s+/g, ' ');
      const said = await page.locator('.result .receivers li').allInnerTexts();
      expect(said.length).toBeGreaterThan(0);
      for (const one of said) expect(told).toContain(one.replace(/^[^:]*: /, '').replace(/\.$/, ''));
      expect(await page.locator('.result').innerText()).toContain('net.ipv6.bindv6only=1');
      const again = await at(new URL(page.url()).hash);
      expect(await again.getByLabel('Sent from').inputValue()).toBe('127.0.0.1:4000');
      expect(await again.locator('.result').innerText()).toBe(await page.locator('.result').innerText());
    });

    test('adds, removes and tries sockets', async () => {
      const page = await at(hashOf(['udp 127.0.0.1:53', 'udp 0.0.0.0:53']));
      await page.getByRole('button', { name: 'Add a socket' }).click();
      expect(await page.locator('.socket').count()).toBe(3);
      expect(await page.evaluate<string>('document.activeElement.id')).toBe('socket3-text');
      await page.getByRole('button', { name: 'Remove socket 1' }).click();
      expect(await page.locator('.socket').count()).toBe(2);
      const before = await page.locator('.verdict').innerText();
      expect(await page.locator('.advice li').first().innerText()).toMatch(/^End the program that has socket 1/);
      const advice = page.locator('.advice li', { hasText: /^Set SO_REUSEPORT on both sockets/ });
      await advice.getByRole('link').click();
      expect(await page.locator('.command code').innerText()).toBe(
        "npx bindspec explain 'udp 0.0.0.0:53 reuseport' 'udp 0.0.0.0:53 reuseport'",
      );
      expect(await page.locator('.verdict').innerText()).not.toBe(before);
    });
  });

  test('shows who receives, as recorded and as models say, and keeps the pair in its address', async () => {
    const home = path.join(made.home, 'receivers');
    const { blocks } = plan({ protocol: 'udp', state: 'bound/bound', uid: 'same', devices: 'none/none' });
    const record = receiversRecord(blocks, (prediction, pair) => {
      const answer = obedient(prediction);
      if (pair !== '0.0.0.0 A / 127.0.0.1 A' || 'failed' in answer) return answer;
      return { words: [`silence${EVIL.replaceAll(/[;|]/g, '')}`, ...answer.words.slice(1)] };
    });
    mkdirSync(home, { recursive: true });
    writeFileSync(path.join(home, 'receivers.json'), JSON.stringify(record));
    const only = path.join(REPORTS, 'linux-6.18-x64', 'matrix.json');
    const { exitCode, stderr } = await bindspec(['report', only, path.join(home, 'receivers.json'), '-o', home]);
    expect([exitCode, stderr]).toEqual([0, '']);
    const cell = encodeURIComponent('0.0.0.0 A~127.0.0.1 A');
    const page = await at(`#/matrix?protocol=udp&state=bound&show=all&cell=${cell}`, {}, home);
    await page.getByRole('link', { name: 'Who receives, where both are there' }).click();
    await page.locator('.received').waitFor();
    expect(await page.locator('.lead.count').innerText()).toContain(
      'UDP: the first 0.0.0.0 A is bound, then the second 127.0.0.1 A is bound; the same user.',
    );
    const [linux = '', ...others] = await page.locator('.received thead th:not(.first)').allInnerTexts();
    // Without a run it is not in the table of systems, and so has no other name.
    expect(linux).toMatch(/^linux-6\.18-x64\s+observed$/);
    expect(others.length).toBeGreaterThan(3);
    for (const title of others) expect(title).toContain('model, not observed');
    const row = page.locator('.received tbody tr').first();
    expect(await row.locator('th').innerText()).toMatch(/to 127\.0\.0\.1\s+from 127\.0\.0\.1/);
    const text = await row.locator('td').first().innerText();
    expect(text).toContain('<script>');
    expect(text).toContain('✗ model: second');
    expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false);
    expect(await row.locator('td').nth(1).innerText()).toMatch(/^second\s+R\d/);
    expect(await accessibilityOf(page)).toEqual([]);
    // The keyboard changes the pair, and what it is at keeps the focus.
    await page.locator('#receivers-first-options').focus();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => page.locator('.lead.count').innerText()).toContain('the first 0.0.0.0 P is bound');
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('receivers-first-options');
    await page.getByLabel('only differences').check();
    const seen = await page.locator('.receivers').innerText();
    const again = await at(
      new URL(page.url()).hash,
      { colorScheme: 'dark', viewport: { width: 320, height: 800 } },
      home,
    );
    expect((await again.locator('.receivers').innerText()).replaceAll(/\s+/g, ' ')).toBe(seen.replaceAll(/\s+/g, ' '));
    expect(await again.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    expect(await accessibilityOf(again)).toEqual([]);
    // Without a record of it, all systems are models.
    const alone = await at('#/receivers?first=%3Cimg%20src=x%20onerror=ran=1%3E&states=constructor', {}, home);
    await alone.getByLabel('Protocol').selectOption('tcp');
    const badges = await alone.locator('.receivers .badge').allInnerTexts();
    expect(new Set(badges)).toEqual(new Set(['model, not observed']));
  });

  describe.each([
    ['the matrix', '#/matrix?right=model:darwin&rule=linux/tcp-conflict'],
    ['the matrix of names', '#/matrix?left=wine-8.0-x64&show=names&cell=x'],
    ['one socket alone', '#/singles'],
    ['explain', '#/explain'],
    ['explain, of what is wrong', '#/explain?s1=udp&s2=tcp+1:2:3&kernel=x'],
  ])('%s', (_, hash) => {
    test.each(['light', 'dark'] as const)(
      'is accessible, as far as axe-core can tell, when it is %s',
      async (scheme) => {
        const page = await at(hash, { colorScheme: scheme });
        if (hash.startsWith('#/matrix')) await page.locator('.corners').waitFor();
        await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
        expect(await accessibilityOf(page)).toEqual([]);
      },
    );

    test.each([360, 800, 1400])('fits into a width of %i', async (width) => {
      const page = await at(hash, { viewport: { width, height: 800 } });
      if (hash.startsWith('#/matrix')) await page.locator('.corners').waitFor();
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    });
  });

  describe('a matrix that means harm', () => {
    test('runs nothing, whatever strings are in it', async () => {
      const folder = path.join(made.home, 'hostile');
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, 'matrix.json'), JSON.stringify(hostile(recordOf('linux-6.18-x64'))));
      const { exitCode, stderr } = await bindspec(['report', folder, '-o', path.join(folder, 'out')]);
      expect([exitCode, stderr]).toEqual([0, '']);
      const page = await at('#/matrix?show=all', {}, path.join(folder, 'out'));
      await page.locator('.corners').waitFor();
      expect(await page.locator('.pairs').innerText()).toContain('<script>');
      await page.locator('.square td.refused, .square td.ok').first().click();
      expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false);
      const links = await page.locator('a').evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''));
      expect(links.filter((href) => !/^(#|https?:)/.test(href))).toEqual([]);
    });

    test.each([
      '#/matrix?left=<img src=x onerror=ran=1>&right=__proto__&protocol=constructor&cell=~~&rule=</script>~<script>',
      '#/matrix?rule=__proto__/x&cell=%00~%ff&show=toString',
      '#/explain?s1=<script>ran=1</script>&s2=__proto__&system=constructor&kernel=%3Csvg%20onload=ran=1%3E',
    ])('runs nothing that an address brings: %s', async (hash) => {
      const page = await at(hash);
      await page.locator('h1').waitFor();
      expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false);
    });
  });

  test('the script of the page reaches nothing of Node', () => {
    const script = readFileSync(path.join(ROOT, 'dist', 'page', 'page.js'), 'utf8');
    expect(script.length).toBeGreaterThan(50_000);
    expect(script).not.toMatch(/\bnode[:_](process|fs|path|os|crypto|url|util|child_process|module)\b|\brequire\(/);
  });
});

const EVIL = `</script><script>ran=1</script><img src=x onerror=ran=1>"'><svg onload=ran=1>\u2028\u202E`;

/** A matrix with something that bites in every string that may be any string. */
function hostile(record: MatrixRecord): MatrixRecord {
  const fixed = new Set([
    'id',
    'system',
    'architecture',
    'started',
    'protocol',
    'state',
    'uid',
    'letters',
    'family',
    'kernel',
    'model',
    'kind',
    // Their counts are checked when the record is read.
    'singles',
  ]);
  const bite = (value: unknown, key = ''): unknown => {
    if (fixed.has(key)) return value;
    if (Array.isArray(value)) return value.map((one) => bite(one));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, bite(inner, name)]));
    }
    return typeof value === 'string' ? `${value}${EVIL}` : value;
  };
  const bitten = bite(record) as MatrixRecord;
  // No answer is one that the model knows any more.
  const { agree, mismatches } = bitten.counts;
  const counts = { ...bitten.counts, agree: 0, mismatches: agree + mismatches };
  return { ...bitten, platform: { ...bitten.platform, id: platformId(bitten.platform) }, counts };
}
