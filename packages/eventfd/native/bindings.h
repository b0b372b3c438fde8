#pragma once

#include <napi.h>

#include <memory>

#include "loop/waker.h"

// Each file of bindings adds its functions to the addon's exports and keeps its own per-environment state: it hangs it
// on its functions as their data and takes it down in a cleanup hook of its own.

// How a thread tells the waiting room that it blocks for something else, and that it runs again.
struct Blocking {
  void* room;
  void (*say)(void* room, bool blocks);
};

Blocking BindRoom(Napi::Env env, Napi::Object exports, std::unique_ptr<efd::LoopWaker> waker);  // bind_room.cc
void BindCells(Napi::Env env, Napi::Object exports, void* room);                                // bind_cells.cc
void BindNames(Napi::Env env, Napi::Object exports, void* room);                                // bind_names.cc
void BindLocks(Napi::Env env, Napi::Object exports, void* room);                                // bind_locks.cc
void BindFiles(Napi::Env env, Napi::Object exports);                                            // bind_files.cc
void BindEventFd(Napi::Env env, Napi::Object exports, const Blocking& blocking);  // bind_eventfd.cc, on Linux
#ifdef EFD_POINTS
void BindPoints(Napi::Env env, Napi::Object exports);  // bind_points.cc
#endif
