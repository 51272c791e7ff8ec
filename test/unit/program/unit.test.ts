import { describe, expect, test } from 'vitest';
import { BadUnit, programOfUnit } from '../../../src/program/unit.ts';

const unit = (text: string, more: { name?: string; tmpfiles?: string; files?: Record<string, string> } = {}) =>
  programOfUnit({
    name: more.name ?? 'web.service',
    texts: [text],
    ...(more.tmpfiles === undefined ? {} : { tmpfiles: more.tmpfiles }),
    environmentFile: (file) => more.files?.[file] ?? null,
  });

describe('a unit', () => {
  test('says the command, with its words as systemd splits them', () => {
    const { command } = unit(`[Service]\nExecStart=/usr/bin/web --name "two words" 'and \\'one\\'' \\\n  -x a\\sb\n`);
    expect(command).toEqual(['/usr/bin/web', '--name', 'two words', "and 'one'", '-x', 'a b']);
  });

  test('has variables: a word of its own is split, and one in braces is not', () => {
    const program = unit(
      '[Service]\nEnvironment="ARGS=-a -b" B=c\nEnvironmentFile=-/etc/default/web\nExecStart=web $ARGS ${ARGS} x${B} $NONE',
      {
        files: { '/etc/default/web': '# own\nB="other"\n' },
      },
    );
    expect(program.command).toEqual(['web', '-a', '-b', '-a -b', 'xother']);
    expect(program.env).toMatchObject({
      ARGS: '-a -b',
      B: 'other',
      PATH: expect.stringMatching(/^\/usr\/local\/sbin:/),
    });
  });

  test('has a user, with groups and capabilities', () => {
    const text = '[Service]\nUser=web\nGroup=www\nAmbientCapabilities=CAP_NET_BIND_SERVICE\nExecStart=web\nType=notify';
    expect(unit(text)).toMatchObject({
      user: 'web',
      group: 'www',
      capabilities: ['CAP_NET_BIND_SERVICE'],
      stdin: 'none',
      cwd: '/',
    });
    expect(unit(text.replace('ExecStart=web', 'ExecStart=+web'))).not.toHaveProperty('user');
  });

  test('has folders made, and lines done before', () => {
    const { prepare } = unit(
      '[Service]\nUser=web\nRuntimeDirectory=web web/x\nRuntimeDirectoryMode=0750\nExecStartPre=-/bin/check "a b"\nExecStartPre=!/bin/root\nExecStart=web',
      { tmpfiles: 'd /run/more 0711 web -\n' },
    );
    expect(prepare).toEqual([
      'mkdir -p /run/more && chmod 0711 /run/more && chown web:root /run/more',
      'mkdir -p /run/web && chmod 0750 /run/web && chown web: /run/web',
      'mkdir -p /run/web/x && chmod 0750 /run/web/x && chown web: /run/web/x',
      "env setpriv --reuid=web --init-groups -- /bin/check 'a b' || :",
      'env /bin/root',
    ]);
  });

  test('has a user who is made for it, and is root before its start where it says so', () => {
    const dynamic = unit('[Service]\nDynamicUser=yes\nUser=web\nRuntimeDirectory=web\nExecStart=web').prepare ?? [];
    expect(dynamic[0]).toContain('web:x:61184:');
    expect(dynamic[1]).toContain('web:x:61184:61184:');
    expect(dynamic[2]).toContain('mkdir -p /run/web');
    const before = '[Service]\nUser=web\nExecStartPre=install -d /run/web\nExecStart=web';
    expect(unit(before).prepare?.[0]).toContain('--reuid=web');
    expect(unit(`${before}\nPermissionsStartOnly=true`).prepare).toEqual(['env install -d /run/web']);
  });

  test('is one of a template, and is not supervised', () => {
    const { command } = unit('[Service]\nExecStart=@/bin/vpn vpn --config %i.conf --run %t/%p --supervised systemd', {
      name: 'vpn@home.service',
    });
    expect(command).toEqual(['/bin/vpn', '--config', 'home.conf', '--run', '/run/vpn', '--supervised', 'no']);
  });

  test('takes settings back by an empty one, of drop-ins too', () => {
    const texts = ['[Service]\nExecStart=old\n', '[Unit]\nExecStart=none\n[Service]\nExecStart=\nExecStart=new\n'];
    expect(programOfUnit({ name: 'a.service', texts, environmentFile: () => null }).command).toEqual(['new']);
  });

  test('without a command, or without its environment, says so', () => {
    expect(() => unit('[Service]\nType=oneshot')).toThrow(BadUnit);
    expect(() => unit('[Service]\nEnvironmentFile=/etc/none\nExecStart=x')).toThrow(/\/etc\/none/);
  });
});
