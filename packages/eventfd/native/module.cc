#include "bindings.h"

namespace {

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  BindEventFd(env, exports);
  BindRoom(env, exports);
#ifdef EFD_POINTS
  BindPoints(env, exports);
#endif
  return exports;
}

}  // namespace

NODE_API_MODULE(eventfd, Init)
