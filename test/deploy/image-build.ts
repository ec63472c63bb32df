import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { DockerfileParser, type Instruction, type JSONInstruction } from 'dockerfile-ast';
import { getsToBuilder } from './docker-ignore.ts';

/** What the last stage came to. */
export interface Image {
  /** The folder that stands for its WORKDIR. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Arguments of CMD and HEALTHCHECK, both in exec form. */
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
}

interface Stage {
  readonly root: string;
  workdir: string;
  readonly env: Record<string, string>;
  command: readonly string[];
  healthCheck: readonly string[];
}

/**
 * Builds the image without Docker: a folder for each stage, where COPY copies what `.dockerignore` lets in, and where the RUN
 * lines of npm run on the Node that runs this. What needs the base image (users, folders outside WORKDIR) is left out.
 */
export function buildImage(project: string, into: string): Image {
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  for (const instruction of DockerfileParser.parse(
    readFileSync(join(project, 'Dockerfile'), 'utf8'),
  ).getInstructions()) {
    if (instruction.getKeyword() === 'FROM') {
      const name = /\sAS\s+(\S+)$/i.exec(instruction.getArgumentsContent() ?? '')?.[1] ?? `${stages.size}`;
      stage = { root: join(into, name), workdir: '/', env: {}, command: [], healthCheck: [] };
      stages.set(name, stage);
    } else if (stage !== undefined) obey(instruction, stage, stages, project);
  }
  if (stage === undefined) throw new Error('the Dockerfile has no stage');
  return { ...stage, folder: inside(stage, '.') };
}

function obey(instruction: Instruction, stage: Stage, stages: ReadonlyMap<string, Stage>, project: string): void {
  const text = instruction.getArgumentsContent() ?? '';
  switch (instruction.getKeyword()) {
    case 'WORKDIR':
      stage.workdir = text;
      mkdirSync(inside(stage, '.'), { recursive: true });
      return;
    case 'ENV':
      for (const [, name = '', value = ''] of text.matchAll(/(\w+)=(\S*)/g)) stage.env[name] = value;
      return;
    case 'COPY':
      copy(instruction as JSONInstruction, stage, stages, project); // the parser makes one of each COPY
      return;
    case 'RUN':
      if (text.startsWith('npm ')) run(text, stage);
      return;
    case 'CMD':
      stage.command = execForm(text);
      return;
    case 'HEALTHCHECK':
      stage.healthCheck = execForm(text.slice(text.indexOf('[')));
  }
}

function copy(instruction: JSONInstruction, stage: Stage, stages: ReadonlyMap<string, Stage>, project: string): void {
  const paths = instruction.getArguments().map((argument) => argument.getValue());
  const target = paths.pop() ?? '.';
  const from = instruction
    .getFlags()
    .find((flag) => flag.getName() === 'from')
    ?.getValue();
  const source = stages.get(from ?? '');
  if (from !== undefined && source === undefined) throw new Error(`COPY from ${from}, which is no stage before it`);
  for (const path of paths) {
    const to = inside(stage, target.endsWith('/') ? join(target, basename(path)) : target);
    if (source) cpSync(inside(source, path), to, { recursive: true, verbatimSymlinks: true });
    else copyFromProject(project, path, to);
  }
}

function copyFromProject(project: string, path: string, to: string): void {
  const ignoreFile = readFileSync(join(project, '.dockerignore'), 'utf8');
  const found = statSync(join(project, path)).isFile() ? [''] : globSync('**/*', { cwd: join(project, path) });
  const files = found.filter((file) => statSync(join(project, path, file)).isFile());
  const allowed = files.filter((file) => getsToBuilder(ignoreFile, join(path, file)));
  if (allowed.length === 0)
    throw new Error(`.dockerignore keeps ${path} from the builder, and the Dockerfile copies it`);
  for (const file of allowed) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    cpSync(join(project, path, file), join(to, file));
  }
}

function run(command: string, stage: Stage): void {
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  // What npm has already is not asked for again; that changes nothing of what it installs.
  const quick = { npm_config_prefer_offline: 'true', npm_config_audit: 'false', npm_config_fund: 'false' };
  const env = { ...process.env, ...quick, ...stage.env, PATH: path };
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command], { cwd: inside(stage, '.'), env });
  if (status !== 0) throw new Error(`${command}\n${stdout}${stderr}`);
}

function execForm(text: string): readonly string[] {
  return JSON.parse(text.replaceAll('\\\n', '')) as string[]; // else the shell form, which the linter's test refuses
}

/** Where a path of the image lies. */
function inside(stage: Stage, path: string): string {
  return path.startsWith('/') ? join(stage.root, path) : join(stage.root, stage.workdir, path);
}
