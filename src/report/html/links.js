/*
 * Where files are, seen from this page. Paths are bytes: a path that is not UTF-8 is also given in
 * base64, and every byte that is not unreserved in a URL is percent-encoded as it is.
 */

/* The bytes of a path in a record: `key`, or its twin in base64. */
function pathBytes(record, key) {
  const twin = record[key + 'Base64'];
  if (twin != null) return Uint8Array.from(atob(twin), (c) => c.charCodeAt(0));
  return record[key] == null ? null : new TextEncoder().encode(record[key]);
}

/* RFC 3986, unreserved characters; and the slash. */
function percentEncode(path) {
  let encoded = '';
  for (const byte of path) {
    const c = String.fromCharCode(byte);
    encoded += /[A-Za-z0-9._~/-]/.test(c)
      ? c
      : '%' + byte.toString(16).toUpperCase().padStart(2, '0');
  }
  return encoded;
}

/* Names on an encoded absolute path, with '.', '..' and empty names resolved. */
function segments(path) {
  const names = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names;
}

/*
 * makeLinks(page, run) -> (record, key) => URL of that file, or null if its place is unknown.
 * Relative to the page if both share more than the root, so that page and pictures can be moved
 * together; else the file's absolute URL. In a merged report each row's run tells the folder.
 */
function makeLinks(page, run) {
  const encode = (record, key) => {
    const path = pathBytes(record, key);
    return path === null ? null : percentEncode(path);
  };
  const here = encode(page, 'folder');
  const from = here === null ? null : segments(here);

  return (record, key) => {
    let path = encode(record, key);
    if (path === null) return null;
    if (!path.startsWith('/')) {
      const work = encode(runOf(run, record), 'workingDirectory');
      if (work === null) return null;
      path = work + '/' + path;
    }
    const to = segments(path);
    let common = 0;
    if (from !== null)
      while (common < from.length && common < to.length - 1 && from[common] === to[common])
        common++;
    if (common === 0 && from?.length !== 0) return 'file:///' + to.join('/');
    return './' + '../'.repeat(from.length - common) + to.slice(common).join('/');
  };
}
