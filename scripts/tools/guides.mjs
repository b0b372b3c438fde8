// A plugin of TypeDoc for the pages that are written by hand. TypeDoc calls such a page by its file, and there are many README.md:
// here it is called by its heading. GitHub shows the README of a folder that a link leads to; so does the site. The READMEs of
// packages link to the repository by its address, since npm shows them without it; the site has those files itself.
import { readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const examples = join(root, 'examples/');
const { repository } = JSON.parse(readFileSync(join(root, 'packages/eventfd/package.json'), 'utf8'));
const address = repository.url.replace(/^git\+(.*)\.git$/, '$1/');

/** With links to this repository by path instead of address. */
function byPath({ text, fileName }) {
  return text
    .split(address)
    .map((part, i) => {
      const [view] = i > 0 ? (/^(?:blob|raw|tree)\/main\//.exec(part) ?? []) : [];
      if (view === undefined) return i > 0 ? address + part : part;
      const path = `${relative(dirname(fileName), root) || '.'}/${part.slice(view.length)}`;
      return view === 'tree/main/' ? path.replace(/^[^)\s#]+/, '$&/README.md') : path;
    })
    .join('');
}

export function load(app) {
  const parse = app.converter.parseRawComment.bind(app.converter);
  app.converter.parseRawComment = (file, files) => {
    file.text = byPath(file);
    return parse(file, files);
  };
  app.converter.on('createDocument', (_, document) => {
    const file = document.project.files.getReflectionPath(document);
    const heading = /^# (.+)/.exec(document.content.map(({ text }) => text).join(''));
    if (heading === null) throw new Error(`${file} does not begin with a heading`);
    document.name = heading[1];
    document.frontmatter.group = file.startsWith(examples) ? 'Examples' : 'Guides';
    if (basename(file) === 'README.md') document.project.files.registerReflectionPath(dirname(file), document);
  });
}
