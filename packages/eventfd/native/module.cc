#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "bindings.h"
#include "chosen_waker.h"
#include "os/os.h"

namespace {

// Node runs Init again when the addon is loaded again in one environment: somebody has emptied `require.cache`. What
// hangs on the environment (a waker, descriptors that the loop watches) is there once; so are the exports. An
// environment is known by its thread: each load has a napi_env of its own. (A thread_local would be the word for it;
// but what it asks of the linker has another name in each C library.)
class Loaded {
 public:
  struct First {
    napi_env env = nullptr;
    napi_ref exports = nullptr;
  };

  static Loaded& Get() {
    static auto* loaded = new Loaded;
    return *loaded;
  }

  First Find() {
    std::lock_guard lock(mutex_);
    const auto found = by_thread_.find(std::this_thread::get_id());
    return found == by_thread_.end() ? First{} : found->second;
  }
  void Add(const First& first) {
    std::lock_guard lock(mutex_);
    by_thread_[std::this_thread::get_id()] = first;
  }
  First Remove() {
    std::lock_guard lock(mutex_);
    const auto found = by_thread_.find(std::this_thread::get_id());
    const First first = found->second;
    by_thread_.erase(found);
    return first;
  }

 private:
  std::mutex mutex_;
  std::map<std::thread::id, First> by_thread_;
};

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  napi_value made;
  const Loaded::First first = Loaded::Get().Find();
  if (first.env != nullptr && napi_get_reference_value(first.env, first.exports, &made) == napi_ok && made != nullptr) {
    return Napi::Object(env, made);
  }
  efd::Os::KeepLoaded();
  auto waker = efd::ChosenWaker(env);
  if (waker == nullptr) return exports;
  const Blocking blocking = BindRoom(env, exports, std::move(waker));
  BindCells(env, exports, blocking.room);
  BindNames(env, exports, blocking.room);
  BindLocks(env, exports, blocking.room);
  BindFiles(env, exports);
#ifdef __linux__
  BindEventFd(env, exports, blocking);
#endif
#ifdef EFD_POINTS
  BindPoints(env, exports);
#endif
  napi_ref reference;
  if (napi_create_reference(env, exports, 1, &reference) != napi_ok) return exports;
  Loaded::Get().Add({env, reference});
  napi_add_env_cleanup_hook(
      env,
      [](void*) {
        const Loaded::First first = Loaded::Get().Remove();
        napi_delete_reference(first.env, first.exports);
      },
      nullptr);
  return exports;
}

}  // namespace

NODE_API_MODULE(eventfd, Init)
