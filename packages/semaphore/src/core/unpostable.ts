/**
 * What is held cannot be posted: it would arrive as an empty object, since its state is private. So each hold has a property
 * of which a structured clone comes across an accessor that throws. That costs a hold nothing: the property is the one by
 * which it knows what to give back.
 */

/** Makes a structured clone of `object`, and of whatever it is a property of, throw. Before it has other properties. */
export function refuseToBePosted(object: object): void {
  // One function for all: V8 gives objects with different accessors different shapes.
  Object.defineProperty(object, 'posted', { enumerable: true, get: refuse });
}

function refuse(this: object): never {
  const message =
    `What is held of ${this} stays in the thread that acquired it. Post the object that it was acquired from, and acquire ` +
    "from what its class's `from` makes of that on the other side";
  throw Object.assign(new TypeError(message), { code: 'ERR_NOT_POSTABLE' });
}
