import { afterEach, beforeEach, jest, test } from '@jest/globals';
import { defineTimers } from './app/define.mjs';

defineTimers({ afterEach, beforeEach, test }, jest);
