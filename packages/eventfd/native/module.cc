#include "bindings.h"

namespace {

// Node runs Init again when the addon is loaded again in one environment: somebody has emptied `require.cache`. What
// hangs on the environment (a waker, descriptors that the loop watches) is there once; so are the exports.
thread_local napi_env first_env = nullptr;
thread_local napi_ref first_exports = nullptr;

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  napi_value made;
  if (first_env != nullptr && napi_get_reference_value(first_env, first_exports, &made) == napi_ok && made != nullptr) {
    return Napi::Object(env, made);
  }
  const Blocking blocking = BindRoom(env, exports);
  BindCells(env, exports, blocking.room);
  BindNames(env, exports, blocking.room);
  BindLocks(env, exports, blocking.room);
  BindEventFd(env, exports, blocking);
#ifdef EFD_POINTS
  BindPoints(env, exports);
#endif
  if (napi_create_reference(env, exports, 1, &first_exports) != napi_ok) return exports;
  first_env = env;
  napi_add_env_cleanup_hook(
      env,
      [](void*) {
        napi_delete_reference(first_env, first_exports);
        first_env = nullptr;
      },
      nullptr);
  return exports;
}

}  // namespace

NODE_API_MODULE(eventfd, Init)
