// For tests alone: see core/points.h.
#ifdef EFD_POINTS

#include <sys/eventfd.h>

#include <string>
#include <utility>

#include "bindings.h"
#include "core/points.h"

namespace {

// Where this thread is to stop, once; it then tells so through one eventfd, and waits to be let go on another. Both are
// the test's, and stay open until the thread is gone.
struct Stop {
  std::string point;
  int reached = -1;
  int go = -1;
};

thread_local Stop stop;

Napi::Value ArmPoint(const Napi::CallbackInfo& info) {
  stop = {info[0].As<Napi::String>(), info[1].As<Napi::Number>().Int32Value(), info[2].As<Napi::Number>().Int32Value()};
  return info.Env().Undefined();
}

Napi::Value PassPoint(const Napi::CallbackInfo& info) {
  efd::AtPoint(info[0].As<Napi::String>().Utf8Value().c_str());
  return info.Env().Undefined();
}

}  // namespace

void efd::AtPoint(const char* name) {
  if (stop.point != name) return;
  const Stop here = std::exchange(stop, {});
  eventfd_write(here.reached, 1);
  eventfd_t count;
  // A blocking descriptor: it returns when the test has written to it.
  while (eventfd_read(here.go, &count) != 0) {
  }
}

void BindPoints(Napi::Env env, Napi::Object exports) {
  exports.Set("armPoint", Napi::Function::New(env, ArmPoint, "armPoint"));
  exports.Set("passPoint", Napi::Function::New(env, PassPoint, "passPoint"));
}

#endif
