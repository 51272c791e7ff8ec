import { describe, expect, it } from 'vitest';
import { block, code, html, text } from '../../../src/report/markup.ts';

describe('text on a page', () => {
  it('does not become markup', () => {
    expect(text('a|b `c` *d* _e_ [f](g) ~h~ \\ <i> & $x$')).toBe(
      String.raw`a\|b \`c\` \*d\* \_e\_ \[f\](g) \~h\~ \\ &lt;i&gt; &amp; \$x\$`,
    );
    expect(['# a', '- a', '+ a', '1. a', '12) a'].map(text)).toEqual([
      String.raw`\# a`,
      String.raw`\- a`,
      String.raw`\+ a`,
      String.raw`1\. a`,
      String.raw`12\) a`,
    ]);
  });

  it('is left alone where it is plain', () => {
    for (const plain of ['0.1.0', '127.0.0.1:80 (a-b), 2.5 ms', 'ünï 日本']) expect(text(plain)).toBe(plain);
  });

  it('is one line', () => {
    expect(text('a\n\nb')).toBe(String.raw`a\\n\\nb`);
    expect(html('a\n\n<b>')).toBe(String.raw`a\n\n&lt;b&gt;`);
  });
});

describe('code on a page', () => {
  it('is a code span where one can hold it', () => {
    expect(code('a/b/family:inet <c> *d*')).toBe('`a/b/family:inet <c> *d*`');
  });

  it('is character references where a table or a backtick would break it', () => {
    expect(code('a|`b`\\é')).toBe('<code>a&#124;&#96;b&#96;&#92;é</code>');
    expect(code('<b>|</code>')).toBe('<code>&#60;b&#62;&#124;&#60;/code&#62;</code>');
    expect(code(' a')).toBe('<code> a</code>');
  });

  it('is fenced by more than is in it', () => {
    expect(block(['a', '````'])).toBe('`````text\na\n````\n`````');
    expect(block(['a'])).toBe('```text\na\n```');
  });
});
