#pragma once

#include <napi.h>

#include <memory>
#include <string>

#include "loop/wakers.h"

namespace efd {

// process[group][name], if that is a string; else empty. It is JavaScript's, so that no other thread changes it under
// the reader, and anybody may have replaced it: what it throws is forgotten.
inline std::string OfProcess(napi_env env, const char* group, const char* name) {
  napi_value value;
  bool found = napi_get_global(env, &value) == napi_ok;
  for (const char* key : {"process", group, name}) {
    found = found && napi_get_named_property(env, value, key, &value) == napi_ok;
  }
  char text[32];
  std::size_t length = 0;
  found = found && napi_get_value_string_utf8(env, value, text, sizeof text, &length) == napi_ok;
  bool pending = false;
  if (napi_is_exception_pending(env, &pending) == napi_ok && pending) napi_get_and_clear_last_exception(env, &value);
  return found ? std::string(text, length) : std::string();
}

// The waker of this environment: the best of the system, or the one that EVENTFD_WAKER names, which is for tests. Null,
// with an exception pending, when there is none of that name.
inline std::unique_ptr<LoopWaker> ChosenWaker(Napi::Env env) {
  const bool is_bun = !OfProcess(env, "versions", "bun").empty();
  std::string name = OfProcess(env, "env", "EVENTFD_WAKER");
  if (name.empty()) name = BestWaker(is_bun);
  auto waker = WakerNamed(name.c_str());
  if (waker == nullptr) {
    Napi::Error::New(env, "EVENTFD_WAKER is \"" + name + "\", of which this system has none; \"async\" is there always")
        .ThrowAsJavaScriptException();
  }
  return waker;
}

}  // namespace efd
