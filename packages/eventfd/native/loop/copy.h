#pragma once

#include <napi.h>

#include <cstdint>

#include "loop/call_back.h"

namespace efd {

// A copy of the JavaScript, by an object of it. A program may evaluate a package several times in one thread over the
// one addon there is: a loader that has the CommonJS and the ESM form of something, a test runner with a realm for each
// file, a hot reload. Each is called back about what it waits for itself.
//
// The object is kept alive while something is under way of which it must be told, and no longer: else no realm would
// ever be collected. When it was, `on_gone` says so, on a later turn of the loop.
class Copy {
 public:
  using OnGone = void (*)(void* owner, Copy* copy);

  Copy(napi_env env, napi_value object, uint32_t id, OnGone on_gone, void* owner)
      : env_(env), id_(id), on_gone_(on_gone), owner_(owner) {
    const napi_finalize gone = [](napi_env, void* self, void*) {
      auto* copy = static_cast<Copy*>(self);
      copy->on_gone_(copy->owner_, copy);
    };
    if (napi_add_finalizer(env, object, this, gone, nullptr, &object_) != napi_ok) object_ = nullptr;
  }
  ~Copy() { Drop(); }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  uint32_t id() const { return id_; }

  void Hold() {
    if (holds_++ == 0 && object_ != nullptr) napi_reference_ref(env_, object_, nullptr);
  }
  void LetGo() {
    if (--holds_ == 0 && object_ != nullptr) napi_reference_unref(env_, object_, nullptr);
  }

  // It is not called any more, nor is `on_gone`: the environment ends.
  void Drop() {
    if (object_ != nullptr) napi_delete_reference(env_, object_);
    object_ = nullptr;
  }

  // Null once it was collected. Needs a handle scope.
  napi_value object() const {
    napi_value value = nullptr;
    if (object_ == nullptr || napi_get_reference_value(env_, object_, &value) != napi_ok) return nullptr;
    return value;
  }

  // Calls a method of it from the loop; see CallBack.
  bool Call(const char* method, std::initializer_list<napi_value> arguments) const {
    napi_value self = object(), function;
    return self != nullptr && napi_get_named_property(env_, self, method, &function) == napi_ok &&
           CallBack(env_, function, arguments);
  }

 private:
  napi_env env_;
  uint32_t id_;
  OnGone on_gone_;
  void* owner_;
  napi_ref object_ = nullptr;
  uint32_t holds_ = 0;
};

}  // namespace efd
