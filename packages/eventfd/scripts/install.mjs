// In a checkout the workspace builds the addon (scripts/build.mjs); a published package brings it along.
