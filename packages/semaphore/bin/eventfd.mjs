#!/usr/bin/env node
// Here before anything is built: package managers make a link to it.
import '../lib/cli/main.js';
