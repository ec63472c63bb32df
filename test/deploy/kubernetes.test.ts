import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Secret, Service } from 'kubernetes-models/v1';
import { parseAllDocuments } from 'yaml';
import { loadSettings } from '../../server/config/load.ts';
import { settings } from '../../server/config/settings.ts';
import { metrics } from '../../server/http/metrics.ts';

const ROOT = join(import.meta.dirname, '../..');

// biome-ignore lint/suspicious/noExplicitAny: that a manifest has its shape is what is tested.
type Manifest = any;
const files = globSync('deploy/kubernetes/*.yaml', { cwd: ROOT }).sort();
const manifests: Manifest[] = files.flatMap((file) => parsed(readFileSync(join(ROOT, file), 'utf8')));

function parsed(text: string): Manifest[] {
  return parseAllDocuments(text, { merge: true }).map((document) => document.toJS());
}

const kinds = { Deployment, HorizontalPodAutoscaler, PodDisruptionBudget, ConfigMap, Secret, Service };
/** Where TypeScript finds the type of each kind. */
const places: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  PodDisruptionBudget: 'policy/v1',
  ConfigMap: 'v1',
  Secret: 'v1',
  Service: 'v1',
};

const one = (kind: string, name: string): Manifest =>
  manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
const deployments = ['towncrier-app', 'towncrier-feed'].map((name) => one('Deployment', name));
const podOf = (deployment: Manifest): Manifest => deployment.spec.template.spec;

/** Throws where the schema of Kubernetes does not allow it. */
function validate(manifest: Manifest): void {
  const kind = kinds[manifest.kind as keyof typeof kinds];
  assert.ok(kind, `${manifest.kind} is none that is known here`);
  assert.equal(manifest.apiVersion, kind.apiVersion);
  new kind(manifest).validate();
}

/** Fields that Kubernetes does not have: its schema lets them pass, the types made from it do not. */
async function unknownFields(all: readonly Manifest[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-kubernetes-'));
  try {
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const lines = all.map((manifest, at) => {
      const type = `import('kubernetes-models/${places[manifest.kind]}').I${manifest.kind}`;
      return `export const m${at}: ${type} = ${JSON.stringify(manifest)};`;
    });
    await writeFile(join(folder, 'manifests.ts'), lines.join('\n'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    const flags = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--types', ''];
    const tsc = join(ROOT, 'node_modules/.bin/tsc');
    return spawnSync(tsc, [...flags, 'manifests.ts'], { cwd: folder, encoding: 'utf8' }).stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('every manifest is what the schema of Kubernetes says, and has no fields besides', async () => {
  assert.ok(manifests.length >= 8);
  for (const manifest of manifests) validate(manifest);
  assert.equal(await unknownFields(manifests), '');
});

test('a wrong type and a misspelt field would be found', async () => {
  const wrong = structuredClone(deployments[0]);
  wrong.spec.minReadySeconds = 'ten';
  assert.throws(() => validate(wrong), /minReadySeconds/);
  const misspelt = structuredClone(deployments[0]);
  podOf(misspelt).containers[0].readinesProbe = {};
  assert.match(await unknownFields([misspelt]), /readinesProbe/);
});

test('each pod gets settings that the server knows and takes', () => {
  const known = { ...one('ConfigMap', 'towncrier').data, ...one('Secret', 'towncrier').stringData };
  for (const deployment of deployments) {
    const [container] = podOf(deployment).containers;
    const own = Object.fromEntries(container.env.map(({ name, value }: Manifest) => [name, value]));
    const environment = { ...known, ...own };
    for (const name of Object.keys(environment)) assert.ok(name in settings, name);
    assert.equal(loadSettings(environment).problems, undefined);
  }
});

test('a pod has the time that it needs to send its clients away', () => {
  const pod = podOf(deployments[0]);
  const { DRAIN_DELAY, DRAIN_WINDOW } = one('ConfigMap', 'towncrier').data;
  const waits = Number(pod.containers[0].lifecycle.preStop.exec.command[1]);
  const needs = waits + Number(DRAIN_DELAY) + Number(DRAIN_WINDOW) + 10;
  assert.ok(pod.terminationGracePeriodSeconds > needs, `${pod.terminationGracePeriodSeconds} s for ${needs} s`);
  // By then it is found not to be ready, or Kubernetes has taken it away anyway.
  const { periodSeconds, failureThreshold } = pod.containers[0].readinessProbe;
  assert.ok(waits >= periodSeconds * failureThreshold);
});

test('nothing runs as root, gains rights, or writes to its own files', () => {
  for (const deployment of deployments) {
    const pod = podOf(deployment);
    assert.equal(pod.securityContext.runAsNonRoot, true);
    assert.equal(pod.automountServiceAccountToken, false);
    for (const { securityContext } of pod.containers) {
      assert.deepEqual(
        [securityContext.allowPrivilegeEscalation, securityContext.readOnlyRootFilesystem],
        [false, true],
      );
      assert.deepEqual(securityContext.capabilities.drop, ['ALL']);
    }
  }
});

test('service, budgets and autoscaler mean the pods that there are, by a metric that there is', () => {
  const labels = (deployment: Manifest): Manifest => deployment.spec.template.metadata.labels;
  for (const deployment of deployments) {
    assert.deepEqual(deployment.spec.selector.matchLabels, labels(deployment));
    const budget = one('PodDisruptionBudget', deployment.metadata.name);
    assert.deepEqual(budget.spec.selector.matchLabels, labels(deployment));
  }
  assert.deepEqual(one('Service', 'towncrier').spec.selector, labels(deployments[0]));
  const { scaleTargetRef, metrics: asked } = one('HorizontalPodAutoscaler', 'towncrier-app').spec;
  assert.equal(scaleTargetRef.name, deployments[0].metadata.name);
  const name = asked.find(({ type }: Manifest) => type === 'Pods').pods.metric.name;
  assert.ok(metrics.some((metric) => metric.name === name));
});

test('probes ask for paths of the admin port, by its name', () => {
  for (const deployment of deployments)
    for (const container of podOf(deployment).containers) {
      assert.ok(container.ports.some((port: Manifest) => port.name === 'admin' && port.containerPort === 9090));
      for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
        assert.equal(probe.httpGet.port, 'admin');
        assert.match(probe.httpGet.path, /^\/health\/(?:ready|live)$/);
      }
    }
});
