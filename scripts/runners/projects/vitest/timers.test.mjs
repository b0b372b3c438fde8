import { afterEach, beforeEach, test, vi } from 'vitest';
import { defineTimers } from './app/define.mjs';

defineTimers({ afterEach, beforeEach, test }, vi);
