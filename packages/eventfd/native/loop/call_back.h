#pragma once

#include <napi.h>

#include <initializer_list>

// Calls a function of JavaScript from the loop, as a callback of Node's own is called: ticks and microtasks run after
// it, and what it or they throw is an uncaught exception. False when it threw, or could not run: the loop of a worker
// that is being terminated turns once more, when JavaScript runs no longer.
//
// Every way from the loop into JavaScript goes through here. An exception that is not reported is not only lost: Node
// ends the process over the tick that it came from, which it takes to be running still. And MakeCallback of
// node-addon-api ends the process when a worker is being terminated.
inline bool CallBack(napi_env env, napi_value function, std::initializer_list<napi_value> arguments) {
  napi_value receiver, error;
  if (napi_get_global(env, &receiver) != napi_ok) return false;
  if (napi_make_callback(env, nullptr, receiver, function, arguments.size(), arguments.begin(), nullptr) == napi_ok) {
    return true;
  }
  bool pending = false;
  if (napi_is_exception_pending(env, &pending) == napi_ok && pending &&
      napi_get_and_clear_last_exception(env, &error) == napi_ok) {
    napi_fatal_exception(env, error);
  }
  return false;
}
