import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verdict } from '../../scripts/audit.ts';

const report = (vulnerabilities: object): string => JSON.stringify({ auditReportVersion: 2, vulnerabilities });

test('a report without holes passes, and one with grave ones does not', () => {
  assert.deepEqual(verdict(report({})), { holes: false, lines: ['no known holes'] });
  assert.deepEqual(verdict(report({ a: { severity: 'moderate' } })), { holes: false, lines: ['a: moderate'] });
  assert.deepEqual(verdict(report({ a: { severity: 'low' }, b: { severity: 'critical' } })), {
    holes: true,
    lines: ['a: low', 'b: critical'],
  });
});

test('a registry that does not know the question fails nothing, and it is said', () => {
  const answers = ['', 'x', 'null', '{}', '{"message":"404 Not Found"}', '{"error":{"summary":"no such endpoint"}}'];
  for (const answer of answers) {
    const { holes, lines } = verdict(answer);
    assert.equal(holes, false);
    assert.match(`${lines}`, /^not checked: the registry does not answer \(.+\)$/, answer);
  }
});
