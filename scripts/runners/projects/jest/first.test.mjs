import { expect, test } from '@jest/globals';
import { definePlain } from './app/define.mjs';

definePlain({ expect, test }, 'first');
