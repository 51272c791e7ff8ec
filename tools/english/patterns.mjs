/**
 * Turns of phrase at which a reader stops, each with what to write instead. A pattern has to be sure of itself: where the
 * words also have an ordinary use ("behind a firewall", "told apart"), that use is left out of it.
 */

/** `in`: where it is looked for; everywhere when left out. A space in `words` is any white space, as lines are wrapped. */
export const PATTERNS = [
  {
    name: 'behind for after',
    words:
      /(?<!\b(?:leave|leaves|left|leaving)\b[^.;]{0,60})\bbehind\b(?! (?:\S+ ){0,3}(?:NAT|VPN|firewall|router|gateway|prox(?:y|ies)|translation|balancer|switch|forwards|ssh|client|launcher|relay|socket|engine|filter|wall|interface))/i,
    write: '"after"; of the cause, "is the reason"',
  },
  {
    name: 'come to for return',
    words: /\b(?:come|comes|came|coming) to\b(?! (?:mind|an end|a stop|a halt|rest|terms|light)\b)/i,
    write: '"returned", "the outcome was", or "arrived at"',
  },
  { name: 'anew', words: /\banew\b/i, write: '"again"' },
  {
    name: 'nobody',
    words: /\b(?:nobody|somebody)\b(?! \()(?<!\b(?:user|is|are|and|as) nobody(?=[ .,]*$))/i,
    write: '"no one", "someone"',
  },
  {
    name: 'is told',
    words: /\b(?:is|are|was|were|be|been|being|it) told\b(?! (?:apart|to|not to|otherwise)\b)/i,
    write: '"is reported", "is shown", "hears of"; best with who says it',
  },
  {
    name: 'is no thing',
    words:
      /(?<!\bthere (?:always |still )?)\b(?:is|are|was|were) no (?!longer|longest|more|less|other|one|good|different|better|worse|wider|larger|slower|faster|later|older|way\b|use\b)/i,
    write: '"is not a ..."',
  },
  { name: 'otherwise than', words: /\botherwise than\b/i, write: '"differently from", "other than"' },
  {
    name: 'of which',
    words: /(?<!\b(?:one|two|three|four|five|some|most|none|all|each|both|several|many|part|\d+) )\bof which\b/i,
    write: 'a second sentence, "whose", or "that ... of"',
  },
  {
    name: 'such as before one thing',
    words: /\bsuch as (?!th[oa]s?e\b)[^,.;:()|]*(?:[.;:)|]|$)(?<!such as [^.;:()|]*\b(?:and|or)\b[^.;:()|]*.)/i,
    write: '"for example", "like"; "such as" begins a list',
  },
  {
    name: 'a sentence that begins with What',
    words:
      /(?:^|[.!?] |\n\s*[-*] |\| )What (?!(?:is|are|was|do|does|did|can|could|should|would|will|if)\b[^.]*\?)[^.?!:|]*[^.?!:|\s]\.(?= |$|\n)/,
    in: ['markdown', 'text'],
    write: 'the thing itself as the subject',
  },
  {
    name: 'a sentence that begins with Of',
    words: /(?:^|[.!?:] |\n\s*[-*] |\| )Of (?!course\b)/,
    write: 'subject, verb, object',
  },
  { name: 'be had', words: /\bbe had\b/i, write: '"is not available", "can be used", "can be fetched"' },
  { name: 'but for', words: /, but for (?!example\b)/i, write: '"except"' },
  { name: 'be it', words: /\b(?:be it|be they)\b/i, write: '"whether", "even if"' },
  { name: 'however that', words: /\bhowever that\b/i, write: '"however it", "no matter how"' },
  {
    name: 'held against',
    words: /\b(?:held|hold|holds|holding) [^.]{0,30}\bagainst\b/i,
    write: '"checked against", "compared with"',
  },
  {
    name: 'that is so',
    words: /\b(?:that is so|where that is so|is that so)\b/i,
    write: 'what is true: "this applies to ..."',
  },
  { name: 'and else', words: /\b(?:and|or) else (?=this|the|host|a|an)\b/i, write: '"and otherwise"' },
  { name: 'of no account', words: /\bof no (?:account|matter|consequence|concern)\b/i, write: '"does not matter"' },
  { name: 'a thing of', words: /\ba thing of\b/i, write: 'what it is: "only Linux has ..."' },
  {
    name: 'archaic words',
    words:
      /\b(?:whence|whereby|wherein|thereof|therein|thereby|hitherto|heretofore|lest|forthwith|nought|aught|of yore|for want of|by and by)\b/i,
    write: 'the common word',
  },
];
