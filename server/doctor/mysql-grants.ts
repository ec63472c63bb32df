/** What the server needs once it runs, and what a new form of the tables needs at a start. */
const NEEDED = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'ALTER', 'INDEX'] as const;

/** The rights to a database that lines of SHOW GRANTS do not give; `undefined` where roles may give them unseen. */
export function missingRights(grants: readonly string[], database: string): string[] | undefined {
  const given = new Set(grants.flatMap((line) => rightsOf(line, database)));
  const missing = given.has('ALL PRIVILEGES') ? [] : NEEDED.filter((right) => !given.has(right));
  const hasRoles = grants.some((line) => !/ ON /i.test(line));
  return missing.length > 0 && hasRoles ? undefined : missing;
}

/** The rights of one line, such as `` GRANT SELECT, INSERT ON `db`.* TO 'user'@'%' ``, where it is about the database. */
function rightsOf(line: string, database: string): string[] {
  const [, rights = '', on = ''] = /^GRANT (.+) ON (.+)\.\* TO /i.exec(line) ?? [];
  return covers(on.replaceAll(/^`|`$/g, ''), database)
    ? rights.split(',').map((right) => right.trim().toUpperCase())
    : [];
}

/** In the name of a database `_` stands for any letter and `%` for any letters, unless after a backslash. */
function covers(pattern: string, database: string): boolean {
  if (pattern === '*') return true;
  const parts = pattern.match(/\\?[\s\S]/g) ?? [];
  const expression = parts.map((part) => {
    if (part === '_') return '.';
    if (part === '%') return '.*';
    return part.slice(-1).replace(/[^a-z0-9]/i, '\\$&');
  });
  return new RegExp(`^${expression.join('')}$`, 'i').test(database);
}
