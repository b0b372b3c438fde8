#pragma once

#include "arguments.h"
#include "loop/room_env.h"

// What the functions of the waiting room are given: the thread's RoomEnv as their data, numbers that name its objects.
namespace efd {

inline RoomEnv& Env(const Napi::CallbackInfo& info) {
  return *static_cast<RoomEnv*>(info.Data());
}

inline int32_t Int(const Napi::CallbackInfo& info, int i) {
  return info[i].As<Napi::Number>().Int32Value();
}
inline uint32_t Uint(const Napi::CallbackInfo& info, int i) {
  return info[i].As<Napi::Number>().Uint32Value();
}
inline double Double(const Napi::CallbackInfo& info, int i) {
  return info[i].As<Napi::Number>().DoubleValue();
}
inline bool Bool(const Napi::CallbackInfo& info, int i) {
  return info[i].As<Napi::Boolean>().Value();
}
inline Napi::Value Number(const Napi::CallbackInfo& info, double value) {
  return Napi::Number::New(info.Env(), value);
}

// The attachment that argument 0 names; null when there is none, which only a mistake in our own TypeScript makes.
inline RealParticipant::Attachment* At(const Napi::CallbackInfo& info) {
  return Env(info).participant().At(Uint(info, 0));
}
inline Arena* ArenaAt(const Napi::CallbackInfo& info) {
  return Env(info).participant().ArenaAt(Uint(info, 0));
}

}  // namespace efd
