#!/bin/sh
# What a stranger does on Alpine, whose C library is musl, with the binary that is built on glibc; in a container that has this
# checkout as /checkout, with the tarballs of `pnpm pack:all`:
#
#     docker run --rm -v "$PWD:/checkout:ro" node:26-alpine sh /checkout/scripts/prove-install/alpine.sh
set -eu
# Or it would prove nothing.
if node -p 'process.report.getReport().header.glibcVersionRuntime ?? ""' | grep -q .; then
  echo 'alpine: this Node runs on glibc' >&2
  exit 1
fi
checkout=$(dirname "$0")/../..
app=$(mktemp -d)
cp "$checkout/packages/semaphore/test/fixtures/runtimes.mjs" "$app/steps.mjs"
cd "$app"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --loglevel=error "$checkout"/dist-tarballs/*.tgz
node steps.mjs
