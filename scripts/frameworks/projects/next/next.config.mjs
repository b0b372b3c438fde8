// As docs/works-with.md says; with BUNDLED=1 as if nobody had read that.
export default process.env.BUNDLED === '1'
  ? {}
  : {
      output: 'standalone',
      serverExternalPackages: ['eventfd', '@eventfd/semaphore'],
      outputFileTracingIncludes: { '/*': ['./node_modules/eventfd/prebuilds/**'] },
    };
