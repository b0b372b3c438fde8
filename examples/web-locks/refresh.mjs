// A module that knows nothing of Node's threads: it is written for browsers, where tabs share one login.

/** The token, asked for anew by one of all that find it too old; the others wait for that one. */
export function freshToken(store, login) {
  return navigator.locks.request('token', async () => {
    if (!store.isFresh()) store.keep(await login());
    return store.token();
  });
}

/** Whoever has the lock leads, until its context ends. */
export function lead(onLead) {
  return navigator.locks.request('leader', () => {
    onLead();
    return new Promise(() => {});
  });
}
