/**
 * Other copies of the packages in this thread, over the one addon there is: what a loader with a CommonJS and an ESM form, a
 * hot reload, or a test runner with a realm for each file makes. Wants --experimental-vm-modules.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

const PACKAGES = [
  'eventfd',
  'eventfd/internal',
  '@eventfd/semaphore',
  '@eventfd/semaphore/trace',
  '@eventfd/semaphore/piscina',
];

/** Evaluates a module anew, and with it every module of the packages that it imports: in the context, or in this realm. */
export async function evaluate(url, context) {
  const modules = new Map();

  /** Linked later, all from one module: Node 20 links each once. */
  function moduleAt(specifier, parent) {
    const at = specifier.startsWith('.')
      ? new URL(specifier, parent).href
      : PACKAGES.includes(specifier)
        ? import.meta.resolve(specifier)
        : specifier;
    let module = modules.get(at);
    if (module === undefined) {
      module = at.startsWith('file:') ? source(at) : foreign(at);
      modules.set(at, module);
    }
    return module;
  }

  function source(at) {
    return new vm.SourceTextModule(readFileSync(fileURLToPath(at), 'utf8'), {
      context,
      identifier: at,
      initializeImportMeta: (meta) => {
        meta.url = at;
      },
    });
  }

  async function foreign(at) {
    const namespace = await import(at);
    const names = Object.keys(namespace);
    return new vm.SyntheticModule(
      names,
      function () {
        for (const name of names) this.setExport(name, namespace[name]);
      },
      { context, identifier: at },
    );
  }

  const root = moduleAt(url, undefined);
  await root.link((specifier, { identifier }) => moduleAt(specifier, identifier));
  await root.evaluate();
  return root.namespace;
}

const NODES_GLOBALS = [
  ...['AbortController', 'AbortSignal', 'Buffer', 'Event', 'EventTarget', 'MessageChannel', 'URL', 'clearTimeout'],
  ...['console', 'performance', 'process', 'queueMicrotask', 'setImmediate', 'setTimeout', 'structuredClone'],
];

/** A realm as a test runner makes one for each file: JavaScript's own globals are its own, Node's are lent to it. */
export function newRealm() {
  const context = vm.createContext({});
  for (const name of NODES_GLOBALS)
    vm.runInContext(`(value) => { globalThis.${name} = value; }`, context)(globalThis[name]);
  return context;
}

/** A realm to which Node's globals were not lent. */
const bareRealm = () => vm.createContext({});

/** What kinds of copy there are, and how to evaluate a module as one. */
export const manners = {
  'again in the same realm': (url) => evaluate(url),
  'in a realm of its own': (url) => evaluate(url, newRealm()),
  "in a realm without Node's globals": (url) => evaluate(url, bareRealm()),
};
