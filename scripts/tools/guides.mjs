// A plugin of TypeDoc for the pages that are written by hand. TypeDoc calls such a page by its file, and there are many README.md:
// here it is called by its heading. GitHub shows the README of a folder that a link leads to; so does the site.
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));

export function load(app) {
  app.converter.on('createDocument', (_, document) => {
    const file = document.project.files.getReflectionPath(document);
    const heading = /^# (.+)/.exec(document.content.map(({ text }) => text).join(''));
    if (heading === null) throw new Error(`${file} does not begin with a heading`);
    document.name = heading[1];
    document.frontmatter.group = file.startsWith(examples) ? 'Examples' : 'Guides';
    if (basename(file) === 'README.md') document.project.files.registerReflectionPath(dirname(file), document);
  });
}
