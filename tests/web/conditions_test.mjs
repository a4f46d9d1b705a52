// The browser's conditions against the cases the server is tested with.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';

const root = new URL('../../', import.meta.url);
const text = path => readFileSync(new URL(path, root), 'utf8');
const {holds} = await import('data:text/javascript,' + encodeURIComponent(text('web/js/citizen.js')));
const corpus = JSON.parse(text('tests/fixtures/conditions.json'));

const questions = Object.fromEntries(corpus.questionnaire.sections.flatMap(section => section.questions).map(question => [question.id, question]));
const optionsOf = ({options, scale}) => options ?? corpus.scales.find(({id}) => id == scale.split('/')[0]).options;

// An answer of the corpus as the module reads it from a page.
function asRead([id, {options, number, absence}]) {
  if (absence) return [id, {absence}];
  if (!options) return [id, {number}];
  const chosen = optionsOf(questions[id]).filter(option => options.includes(option.id));
  return [id, {options, number: chosen[0].score, count: chosen.filter(option => !option.exclusive).length}];
}

for (const {name, condition, answers, holds: expected} of corpus.cases) {
  test(`condition: ${name}`, () => {
    assert.equal(holds(condition, Object.fromEntries(Object.entries(answers).map(asRead))), expected);
  });
}
