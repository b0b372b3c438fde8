/**
 * The packages as one script, which is how most test runners evaluate what they have transformed, once for each realm. Unlike
 * of Node's SourceTextModule, of which nothing is ever collected.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { build } from 'vite';

const require = createRequire(import.meta.url);

/** The code of support/packages.mjs and of all that it imports. */
export async function bundle() {
  const [{ output }] = await build({
    configFile: false,
    logLevel: 'silent',
    // Where the addon is found.
    define: { 'import.meta.url': JSON.stringify(import.meta.resolve('eventfd')) },
    build: {
      ssr: true,
      write: false,
      minify: false,
      target: 'node20',
      lib: { entry: fileURLToPath(new URL('packages.mjs', import.meta.url)), formats: ['cjs'] },
      rollupOptions: { external: /^node:/ },
    },
    ssr: { noExternal: true },
  });
  return output[0].code;
}

/** Evaluates it in a context, and gives what it exports. */
export function evaluateBundle(code, context) {
  const module = vm.runInContext('({ exports: {} })', context);
  vm.runInContext(`((exports, require, module) => {${code}\n})`, context)(module.exports, require, module);
  return module.exports;
}
