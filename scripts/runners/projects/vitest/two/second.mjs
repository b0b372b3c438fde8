import { defineExclusion } from '../app/exclusion.mjs';

defineExclusion();
