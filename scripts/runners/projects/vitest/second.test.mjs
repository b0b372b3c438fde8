import { expect, test } from 'vitest';
import { definePlain } from './app/define.mjs';

definePlain({ expect, test }, 'second');
