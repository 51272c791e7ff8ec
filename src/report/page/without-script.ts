import { visible } from '../../text/visible.ts';
import { signOf, SIGN_MEANINGS } from '../systems/answer.ts';
import type { PageQuestion, PageSystems } from './data.ts';

/** The table of systems as plain HTML, for a browser that runs no script. Text from records is escaped. */
export function tableWithoutScript({ columns, questions }: PageSystems): string {
  const head = columns.map(
    ({ title, sentence }) => `<th scope="col">${html(title)}<small>${html(sentence)}</small></th>`,
  );
  const meanings = SIGN_MEANINGS.map(({ sign, means }) => `<li>${sign} ${html(means)}</li>`);
  return `<main><h1>bindspec: systems side by side</h1>
<p>Without JavaScript there is this table; with it, the page explains errors and shows every case. MATRIX.md, beside this file, has links to all questions.</p>
<ul class="legend">${meanings.join('')}</ul>
<div class="scroll wide"><table class="results"><thead><tr><th scope="col" class="first">Question</th>${head.join('')}</tr></thead>
<tbody>${questions.map(row).join('\n')}</tbody></table></div></main>`;
}

function row({ title, answers }: PageQuestion): string {
  const cells = answers.map(([word, likeness, basis]) => `<td>${signOf({ likeness, basis })} ${html(word)}</td>`);
  return `<tr><th scope="row" class="first">${html(title)}</th>${cells.join('')}</tr>`;
}

/** Text for the content of an element, in which what can't be seen is written as an escape. */
function html(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
