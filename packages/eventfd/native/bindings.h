#pragma once

#include <napi.h>

// Each file of bindings adds its functions to the addon's exports and keeps its own per-environment state: it hangs it
// on its functions as their data and takes it down in a cleanup hook of its own.

void BindEventFd(Napi::Env env, Napi::Object exports);  // bind_eventfd.cc
void BindRoom(Napi::Env env, Napi::Object exports);     // bind_room.cc
#ifdef EFD_POINTS
void BindPoints(Napi::Env env, Napi::Object exports);  // bind_points.cc
#endif
