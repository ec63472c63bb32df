import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaJars } from '../support/engines/kafka.ts';

/**
 * Writes a `docker` into a folder that notes what it is asked, and runs the programs of this system instead of images, with the
 * command lines that the images would get. With that folder as PATH no engine is found but by it.
 */
export async function makeDockerStandIn(folder: string): Promise<void> {
  const jars = join(await kafkaJars(), '*');
  mkdirSync(join(folder, 'kafka'));
  write(join(folder, 'docker'), DOCKER.replaceAll('FOLDER', folder));
  for (const [name, main] of [
    ['kafka-storage.sh', 'kafka.tools.StorageTool'],
    ['kafka-server-start.sh', 'kafka.Kafka'],
  ] as const) {
    write(
      join(folder, 'kafka', name),
      `#!/bin/sh\nexec java -Xmx256m -XX:TieredStopAtLevel=1 -cp '${jars}' ${main} "$@"\n`,
    );
  }
}

/** What it was asked, a line each. */
export function askedOf(folder: string): string[] {
  return readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n');
}

function write(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

/** Each case of `run` is what the image does: see its entry point. */
const DOCKER = `#!/bin/bash
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/bin
echo "$*" >> FOLDER/asked
signal() { kill "-$1" "$(<"FOLDER/$2.pid")"; }
run() {
  entry=
  while :; do
    case $1 in
      --name) name=$2 ;;
      --entrypoint) entry=$2 ;;
      --rm) shift; continue ;;
      -*) ;;
      *) break ;;
    esac
    shift 2
  done
  echo $$ > "FOLDER/$name.pid"
  image=$1
  shift
  case $image in
    redis:*) exec "$@" ;;
    mysql:*) shift; mysql "$@" ;;
    # It has the programs of Kafka in another place.
    apache/kafka:*) exec "$entry" "$1" "\${2//\\/opt\\/kafka\\/bin/FOLDER/kafka}" ;;
  esac
}
mysql() {
  for option; do case $option in --datadir=*) data=\${option#*=} ;; esac; done
  root=() && [ "$(id -u)" = 0 ] && root=(--user=root)
  [ -d "$data/mysql" ] || mariadb-install-db --no-defaults "\${root[@]}" --datadir="$data" --auth-root-authentication-method=normal
  own=(--tmpdir="$data" --socket="$data/socket" --pid-file="$data/pid" --innodb-buffer-pool-size=64M)
  exec mariadbd --no-defaults "\${root[@]}" "\${own[@]}" "$@"
}
case $1 in
  version) ;;
  ps) echo "towncrier-test-old 999999999" ;;
  run) shift; run "$@" ;;
  kill) signal KILL "$2" ;;
  rm) signal KILL "$3" 2> /dev/null ;;
  pause) signal STOP "$2" ;;
  unpause) signal CONT "$2" ;;
esac
`;
